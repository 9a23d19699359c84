import type { EventType, Money } from '../../contract/index.js';
import type { EventDoc } from '../../ledger/documents.js';
import { parentOf } from '../../ledger/timeline.js';

/** Minor units by ISO 4217 code. */
export type Totals = Readonly<Record<string, number>>;

export type RefundStatus = 'none' | 'partial' | 'full';

/** What a type does to the money of its order: the amount itself is never negative, except of an ADJUSTMENT. */
const SIGN: Readonly<Record<EventType, -1 | 0 | 1>> = {
  CLICK: 0,
  LEAD: 1,
  QUALIFIED_LEAD: 1,
  APPROVED_LEAD: 1,
  REJECTED_LEAD: 0,
  SALE: 1,
  REBILL: 1,
  REFUND: -1,
  CHARGEBACK: -1,
  CHARGEBACK_REVERSED: 1,
  CANCELED: 0,
  ADJUSTMENT: 1,
};

const takesBack = (type: EventType): boolean => type === 'REFUND' || type === 'CHARGEBACK';
const isReturn = (type: EventType): boolean => takesBack(type) || type === 'CHARGEBACK_REVERSED';

/** The amount of an event. A reversal without one takes back all that its parent brought. */
function amountOf(
  event: EventDoc,
  field: 'revenue' | 'payout',
  order: readonly EventDoc[],
): Money | null {
  const own = event[field];
  if (own !== null || !isReturn(event.type)) return own;
  const parent = parentOf(event, order);
  return parent && parent._id !== event._id && !isReturn(parent.type) ? parent[field] : null;
}

function add(totals: Record<string, number>, money: Money | null, sign: number): void {
  if (money === null || sign === 0) return;
  totals[money.currency] = (totals[money.currency] ?? 0) + sign * money.amount;
}

/** What is left of the order after everything that took back or gave again. Tests and live events are never mixed. */
export function netOf(
  order: readonly EventDoc[],
  field: 'revenue' | 'payout',
  test: boolean,
): Totals {
  const totals: Record<string, number> = {};
  for (const event of order)
    if (event.test === test) add(totals, amountOf(event, field, order), SIGN[event.type]);
  return totals;
}

/** How much of what came in went back: `full` when nothing is left in any currency. */
function refundStatus(
  paid: readonly EventDoc[],
  returns: readonly EventDoc[],
  order: readonly EventDoc[],
): RefundStatus {
  const gross: Record<string, number> = {};
  const back: Record<string, number> = {};
  for (const event of paid) add(gross, event.revenue, 1);
  for (const event of returns) add(back, amountOf(event, 'revenue', order), -SIGN[event.type]);
  if (!Object.values(back).some((amount) => amount > 0)) return 'none';
  const whole = Object.entries(gross).every(
    ([currency, amount]) => (back[currency] ?? 0) >= amount,
  );
  return whole ? 'full' : 'partial';
}

const pays = (event: EventDoc): boolean =>
  SIGN[event.type] === 1 && !isReturn(event.type) && event.type !== 'ADJUSTMENT';

/** Of the whole order. */
export function orderRefundStatus(order: readonly EventDoc[], test: boolean): RefundStatus {
  const same = order.filter((event) => event.test === test);
  return refundStatus(
    same.filter(pays),
    same.filter((event) => isReturn(event.type)),
    order,
  );
}

/** The event that a return speaks about in the end: a won dispute leads through its chargeback to the sale. */
function paidBy(event: EventDoc, order: readonly EventDoc[]): string | undefined {
  const parent = parentOf(event, order);
  if (!parent || parent._id === event._id) return undefined;
  return isReturn(parent.type) && parent.type !== event.type ? paidBy(parent, order) : parent._id;
}

/** Of one event that brought money; null for every other. */
export function eventRefundStatus(
  event: EventDoc,
  order: readonly EventDoc[],
): RefundStatus | null {
  if (!pays(event)) return null;
  const returns = order.filter(
    (other) => isReturn(other.type) && paidBy(other, order) === event._id,
  );
  return refundStatus([event], returns, order);
}
