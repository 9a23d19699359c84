import { EVENT_TYPES } from '../../contract/index.js';
import { DELIVERY_STATES } from '../models.js';
import {
  anyObject,
  flag,
  list,
  nullable,
  oneOf,
  pageOf,
  shape,
  text,
  time,
  whole,
} from '../openapi/shape.js';

const line = {
  id: text(),
  eventId: text(),
  type: oneOf(EVENT_TYPES),
  account: text(),
  target: text(),
  route: text(),
  configVersion: whole('Number of the configuration in force when it was planned.'),
  state: oneOf(DELIVERY_STATES),
  reason: nullable(text('One word or sentence about the state.')),
  attempts: whole('Tries with an outcome.'),
  crashes: whole('Tries that ended without one because a process ended.'),
  mayHaveArrived: flag('An attempt without an answer may have reached the partner.'),
  createdAt: time('The 72 hours start here.'),
  nextTryAt: nullable(time()),
  deadline: nullable(time('End of the 72 unpaused hours; null once final.')),
  settledAt: nullable(time('Since when it is final.')),
  parent: nullable(text('The delivery that it waits for.')),
  replayOf: nullable(text('The delivery that it sends again.')),
  explanation: shape(
    {
      sentence: text('Why it is in this state.'),
      who: oneOf(['nobody', 'operator', 'partner', 'plugin author'], 'Who must act.'),
      next: text('What happens next, or what to do.'),
    },
    'For a person.',
  ),
};

const attempt = shape({
  n: whole('1 for the first try.'),
  at: time(),
  ms: whole('Milliseconds at the partner, as a class: at most so many.'),
  step: whole('Which request of several.'),
  outcome: oneOf(['delivered', 'duplicate', 'retry', 'refused', 'misconfigured', 'skipped']),
  status: nullable(whole('HTTP status of the answer.')),
  note: nullable(text()),
  request: nullable(text('Method and URL, secrets masked; kept for tries that did not deliver.')),
  answer: nullable(text('What the partner said, at most 4 KiB; kept likewise.')),
});

export const DELIVERY_SCHEMAS = {
  Delivery: shape(line, 'One event for one target.'),
  DeliveryPage: pageOf('Delivery'),
  DeliveryDetail: shape({
    ...line,
    remoteIds: anyObject('Names that the partner gave to what it was told.'),
    log: list(attempt),
    replays: list(text('Ids of the deliveries that sent this one again.')),
  }),
  Decided: shape({
    id: text('The delivery.'),
    as: text('What was said: delivered or resend.'),
  }),
  Replay: shape({
    id: text('Id of the new delivery.'),
    replayed: text('The one that was asked for.'),
  }),
};
