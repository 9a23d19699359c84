import { anyObject, flag, nullable, pageOf, shape, text, time, whole } from '../openapi/shape.js';

const who = shape({ id: text('Id of the key; `first` for the first one.'), name: text() });

export const AUDIT_SCHEMAS = {
  AuditRow: shape(
    {
      row: whole('1, 2, 3 … without a gap.'),
      at: time(),
      who,
      caller: text('Network address; empty for what the gateway noted by itself.'),
      deed: text(),
      what: anyObject('What was done, without secrets.'),
      prev: text('Hash of the row before; empty for the first.'),
      hash: text('SHA-256 over everything else of the row.'),
    },
    'Who did what. Rows are only appended.',
  ),
  AuditPage: pageOf('AuditRow'),
  AuditCheck: shape({
    ok: flag('No row was changed, taken out or put in; and the anchor is there.'),
    rows: whole('Rows that were walked through.'),
    brokenAt: nullable(whole('First row that is wrong.')),
    head: nullable(shape({ row: whole(), hash: text() })),
  }),
};
