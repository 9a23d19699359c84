import { FLAG_SENTENCES } from '../../clicks/flags.js';
import { isReversal, type CanonicalEvent } from '../../contract/index.js';
import { toEvent, type DeliveryDoc, type EventDoc } from '../../ledger/documents.js';
import { parentOf } from '../../ledger/timeline.js';
import { receiptLine } from '../receipts/receipt-view.js';
import type { EventReceipts } from './event-reads.js';
import { eventRefundStatus, netOf, orderRefundStatus } from './money.js';

/** The event that this one takes back or corrects, also where the network named none. */
const spokenAbout = (event: EventDoc, order: readonly EventDoc[]): string | null => {
  if (!isReversal(event.type)) return null;
  const parent = parentOf(event, order);
  return parent && parent._id !== event._id ? parent._id : null;
};

function resolved(
  event: EventDoc,
  order: readonly EventDoc[],
): Pick<CanonicalEvent, 'reverses' | 'adjusts'> {
  const about = spokenAbout(event, order);
  const { reverses, adjusts, type } = event;
  return type === 'ADJUSTMENT'
    ? { reverses, adjusts: adjusts ?? about }
    : { reverses: reverses ?? about, adjusts };
}

const brief = ({ _id, target, state, reason, replayOf }: DeliveryDoc) => ({
  id: _id,
  target,
  state,
  reason: reason ?? null,
  replayOf: replayOf ?? null,
});

function entry(event: EventDoc, order: readonly EventDoc[], rows: readonly DeliveryDoc[]) {
  const { _id, type, test, occurredAt, receivedAt, revenue, payout, source } = event;
  return {
    id: _id,
    type,
    test,
    account: source.account,
    occurredAt,
    receivedAt,
    revenue,
    payout,
    ...resolved(event, order),
    deliveries: rows.filter((row) => row.event === _id).map(brief),
  };
}

/** Everything about one event: the canonical event, what is computed of its order, its receipts and its deliveries. */
export function eventDetail<T>(
  event: EventDoc,
  order: readonly EventDoc[],
  rows: readonly DeliveryDoc[],
  receipts: EventReceipts,
  view: (row: DeliveryDoc) => T,
) {
  return {
    ...toEvent(event),
    ...resolved(event, order),
    refundStatus: eventRefundStatus(event, order),
    timeline: {
      events: order.map((other) => entry(other, order, rows)),
      netRevenue: netOf(order, 'revenue', event.test),
      netPayout: netOf(order, 'payout', event.test),
      refundStatus: orderRefundStatus(order, event.test),
    },
    findings: event.flags.map((flag) => ({ flag, sentence: FLAG_SENTENCES[flag] ?? null })),
    receipts: receipts.docs.map(receiptLine),
    receiptsComplete: receipts.complete,
    deliveries: rows.filter((row) => row.event === event._id).map(view),
  };
}

/** The same for a key that may not see what affiliates are paid. */
export const withoutPayouts = <T>(full: ReturnType<typeof eventDetail<T>>) => ({
  ...full,
  payout: null,
  timeline: {
    ...full.timeline,
    events: full.timeline.events.map((one) => ({ ...one, payout: null })),
    netPayout: {},
  },
});
