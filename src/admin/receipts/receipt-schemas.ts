import { RECEIPT_STATES } from '../../ledger/documents.js';
import {
  list,
  mapOf,
  nullable,
  oneOf,
  pageOf,
  ref,
  shape,
  text,
  time,
  whole,
} from '../openapi/shape.js';

const line = {
  id: text(),
  account: text(),
  source: text(),
  state: oneOf(RECEIPT_STATES),
  reason: nullable(text('Why it is parked.')),
  via: oneOf(['network', 'backfill', 'import']),
  receivedAt: time(),
  trust: oneOf(['signed', 'encrypted', 'shared-secret', 'unauthenticated']),
  credential: text("Which of the account's credentials matched: its name."),
  eventIds: list(text()),
};

const shown = {
  ...nullable(shape({ encoding: oneOf(['text', 'base64']), data: text() })),
  description: 'Secrets and personal fields masked; null where they cannot be found and masked.',
};

export const RECEIPT_SCHEMAS = {
  ReceiptLine: shape(line, 'A verified notification.'),
  ReceiptPage: pageOf('ReceiptLine'),
  ReceiptDetail: shape({
    ...line,
    method: text(),
    query: text(),
    headers: mapOf(text()),
    bytes: whole('Length of the body as received.'),
    drafts: list(ref('ReceiptDraft')),
    body: shown,
    payload: {
      ...shown,
      description: 'What was decrypted from the body; null when that is the body itself.',
    },
  }),
  ReceiptDraft: shape(
    {
      id: text(),
      state: oneOf(['open', 'done', 'parked']),
      result: nullable(oneOf(['recorded', 'repeat', 'conflict', 'dropped', 'parked'])),
      reason: nullable(text('Why it waits, was dropped or is parked.')),
      lookUps: whole('Look-ups that were answered.'),
      failures: whole('Look-ups that failed.'),
      nextAt: nullable(time()),
      eventIds: list(text()),
    },
    'Something that is no event at once: it is looked up, or goes through the state of its record.',
  ),
  Reprocessed: shape({
    id: text(),
    state: oneOf(RECEIPT_STATES),
    eventIds: list(text('Events that this receipt added to the ledger now.')),
  }),
};
