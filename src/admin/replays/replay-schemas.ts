import {
  anyObject,
  list,
  mapOf,
  nullable,
  oneOf,
  pageOf,
  shape,
  shapeWith,
  text,
  time,
  whole,
} from '../openapi/shape.js';
import { REPLAY_KINDS } from './replay-doc.js';

const state = oneOf(['running', 'done', 'cancelled', 'failed']);

export const REPLAY_SCHEMAS = {
  ReplayStarted: shape({ id: text(), matched: whole('What the filter found.'), state }),
  ReplayPreview: shapeWith(
    { matched: whole(), sample: list(text('Ids of some.')) },
    { byTarget: mapOf(whole()), byAccount: mapOf(whole()) },
    'What would be replayed: deliveries by target, receipts by account.',
  ),
  BulkReplay: shape(
    {
      id: text(),
      kind: oneOf(REPLAY_KINDS),
      filter: anyObject('As it was given.'),
      ratePerSecond: whole(),
      state,
      matched: whole('What the filter found at the start.'),
      done: whole('Sent again as new deliveries, or read again and understood.'),
      refused: whole('Left as they were.'),
      reasons: { ...mapOf(whole()), description: 'Why, by code.' },
      startedBy: shape({ id: text(), name: text() }, 'Whose key it was.'),
      startedAt: time(),
      endedAt: nullable(time()),
      reason: nullable(text('Why it failed: a code.')),
    },
    'A replay of many.',
  ),
  BulkReplayPage: pageOf('BulkReplay'),
};
