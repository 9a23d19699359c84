import { OPEN_STATES } from '../../ledger/documents.js';
import {
  anyObject,
  flag,
  list,
  nullable,
  oneOf,
  ref,
  shape,
  text,
  time,
  whole,
} from '../openapi/shape.js';

const open = shape(
  {
    ...Object.fromEntries(OPEN_STATES.map((state) => [state, whole()])),
    capped: flag('Counting stopped at 20,000: there are more.'),
  },
  'Deliveries that are not final, by state.',
);

export const TARGET_SCHEMAS = {
  OpenRows: open,
  TargetState: shape({
    paused: flag(),
    who: nullable(text('Who must act, and about what.')),
    since: nullable(time()),
    pausedMs: whole('Milliseconds paused in all; deliveries do not age meanwhile.'),
  }),
  Target: shape({
    id: text(),
    plugin: text(),
    label: text(),
    settings: anyObject('Settings of the plugin, secrets masked.'),
    options: shape({
      sockets: whole(),
      ratePerSecond: nullable({ type: 'number' }),
      burst: nullable(whole()),
      test: flag(),
      orphanReversals: oneOf(['skip', 'send']),
    }),
    state: ref('TargetState'),
    lane: shape(
      { waiting: whole(), sending: whole() },
      'In the process that answers, at most two seconds old.',
    ),
    open: ref('OpenRows'),
  }),
  TargetList: shape({ items: list(ref('Target')), nextCursor: { type: 'null' } }),
  TargetChange: shape({
    changed: flag('False: it was in that state already.'),
    target: ref('Target'),
  }),
};
