import { isReversal, type Attribution } from '../contract/index.js';
import type { EventDoc } from '../ledger/documents.js';
import { parentOf } from '../ledger/timeline.js';
import { ATTRIBUTION, isPending } from '../normalize/late-attribution.js';

const isEmpty = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);

/**
 * The event's own words first; what it leaves out is taken from the event it belongs to. Where the click store has said
 * whose the parent is, that holds for what takes it back, too.
 */
function complete(own: Attribution, parent: Attribution): Attribution {
  if (parent.path !== undefined && own.path === undefined) return filled(parent, own);
  return filled(own, parent);
}

function filled(own: Attribution, parent: Attribution): Attribution {
  const missing = Object.entries(parent).filter(([name]) =>
    isEmpty(own[name as keyof Attribution]),
  );
  const all = { ...own, ...Object.fromEntries(missing) };
  return own.how === 'none' && parent.how !== 'none' ? { ...all, how: parent.how } : all;
}

/** Conversions that waited for their click, with the answer that came (ADJUSTMENTs of our own). */
export function withAnswers(order: readonly EventDoc[]): readonly EventDoc[] {
  if (!order.some(isPending)) return order;
  const answers = new Map(
    order
      .filter(({ source }) => source.nativeType === ATTRIBUTION)
      // Of two the later one: a click that came after the waiting was over.
      .sort((a, b) => a.at.getTime() - b.at.getTime())
      .map((event) => [event.adjusts, event.attribution] as const),
  );
  return order.map((event) => {
    const attribution = isPending(event) ? answers.get(event._id) : undefined;
    return attribution ? { ...event, attribution } : event;
  });
}

/** The first payment of an order: what a rebill or an upsell without a click of its own goes back to. */
const firstOf = (event: EventDoc, order: readonly EventDoc[]): EventDoc | undefined =>
  order.find((other) => other._id !== event._id && other.type === 'SALE');

/** Reversals of reversals are two deep in practice; a circle of named parents must end. */
const MAX_HOPS = 5;

/** An upsell under a receipt of its own, of which the network says nothing but the first receipt. */
const isBareUpsell = ({ type, order, attribution }: EventDoc): boolean =>
  type === 'SALE' && attribution.how === 'none' && (order?.parentId ?? null) !== null;

/** True for events whose meaning at a partner depends on an earlier one. */
export const leansOnOrder = (event: EventDoc): boolean =>
  isReversal(event.type) ||
  (event.type === 'REBILL' && event.attribution.clickId === null) ||
  isBareUpsell(event);

/**
 * The event as a partner must be told of it. Networks name no click on a refund or chargeback, and partners know a sale by
 * its click: what a reversal leaves out comes from the event that it takes back, and that event is named. The ledger's
 * own document stays as it is.
 */
export function resolved(event: EventDoc, order: readonly EventDoc[], hops = 0): EventDoc {
  if (!leansOnOrder(event)) return event;
  const parent = isReversal(event.type) ? parentOf(event, order) : firstOf(event, order);
  if (!parent) return event;
  // A won dispute leans on the chargeback, which itself leans on the sale.
  const whole = hops < MAX_HOPS ? resolved(parent, order, hops + 1) : parent;
  const attribution = complete(event.attribution, whole.attribution);
  if (!isReversal(event.type)) return { ...event, attribution };
  const named = event.reverses ?? event.adjusts;
  if (named !== null) return { ...event, attribution };
  return event.type === 'ADJUSTMENT'
    ? { ...event, attribution, adjusts: parent._id }
    : { ...event, attribution, reverses: parent._id };
}
