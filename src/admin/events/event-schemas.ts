import { EVENT_TYPES } from '../../contract/index.js';
import { DELIVERY_STATES } from '../models.js';
import {
  flag,
  list,
  mapOf,
  nullable,
  oneOf,
  pageOf,
  ref,
  shape,
  shapeWith,
  text,
  time,
  whole,
} from '../openapi/shape.js';

const name = nullable(text());

const touchPoint = shape({
  clickId: text(),
  kind: oneOf(['click', 'impression']),
  at: time(),
  affiliateId: name,
  offerId: name,
});

const attribution = shapeWith(
  {
    clickId: name,
    affiliateId: name,
    coupon: name,
    campaignId: name,
    offerId: name,
    placement: name,
    utm: mapOf(text()),
    subIds: list(text()),
    model: oneOf(['last-touch', 'first-touch']),
    how: oneOf(['click', 'coupon', 'referral', 'none', 'pending']),
  },
  { affiliateClickId: name, path: list(touchPoint) },
);

const eventMembers = {
  schemaVersion: { const: 1 },
  id: text(),
  type: oneOf(EVENT_TYPES),
  test: flag(),
  receiptId: text(),
  contentHash: text(),
  occurredAt: time('When it happened, by the network.'),
  receivedAt: time('When the notification arrived.'),
  source: shape({
    plugin: text(),
    account: text(),
    key: text('Idempotency key inside the account.'),
    nativeType: text("The network's own word."),
    trust: oneOf(['signed', 'encrypted', 'shared-secret', 'unauthenticated']),
  }),
  order: nullable(
    shape({
      id: text(),
      parentId: name,
      line: name,
      sequence: nullable(whole()),
      aliases: list(text()),
    }),
  ),
  attribution,
  revenue: nullable(ref('Money')),
  payout: nullable(ref('Money')),
  customer: shape({ ref: name, emailHash: name }),
  consent: shape({ state: oneOf(['granted', 'denied', 'unknown']), region: name, basis: name }),
  flags: list(text()),
  reverses: nullable(text('Id of the event that this one takes back.')),
  adjusts: nullable(text('Id of the event that this one corrects.')),
  plan: list(shape({ target: text(), route: text(), configVersion: whole() })),
};

const refundStatus = oneOf(['none', 'partial', 'full']);
const totals = { ...mapOf(whole()), description: 'Minor units by ISO 4217 code.' };

const timelineEntry = shape({
  id: text(),
  type: oneOf(EVENT_TYPES),
  test: flag(),
  account: text(),
  occurredAt: time(),
  receivedAt: time(),
  revenue: nullable(ref('Money')),
  payout: nullable(ref('Money')),
  reverses: name,
  adjusts: name,
  deliveries: list(
    shape({
      id: text(),
      target: text(),
      state: oneOf(DELIVERY_STATES),
      reason: name,
      replayOf: name,
    }),
  ),
});

export const EVENT_SCHEMAS = {
  Money: shape(
    { amount: whole('Minor units: 4900 is $49.00, and ¥4900.'), currency: text('ISO 4217.') },
    'An amount with its currency, never a float.',
  ),
  Event: shape(eventMembers, 'One canonical fact in the ledger. It never changes.'),
  EventPage: pageOf('Event'),
  EventDetail: shape({
    ...eventMembers,
    refundStatus: {
      ...nullable(refundStatus),
      description: 'How much of this event was taken back; null for events that bring no money.',
    },
    timeline: shape(
      { events: list(timelineEntry), netRevenue: totals, netPayout: totals, refundStatus },
      'The order, oldest first, with this event. Totals leave test events out (or live ones, for a test event).',
    ),
    findings: list(
      shape(
        { flag: text(), sentence: nullable(text()) },
        'A finding about the click or the conversion, and what it means.',
      ),
    ),
    receipts: list(ref('ReceiptLine')),
    receiptsComplete: flag('False: repeats of this event may be missing from `receipts`.'),
    deliveries: list(ref('Delivery')),
  }),
};
