import {
  listAt,
  money,
  text,
  textAt,
  type EventDraft,
  type Money,
  type OrderHint,
} from '#contract';
import {
  idAt,
  lacks,
  metaAt,
  notThat,
  peopleOf,
  subscriptionName,
  timeAt,
  type Handler,
  type WooObject,
} from './message.js';
import type { WooCommerceSettings } from './settings.js';

/** Created and updated tell the same facts, so the events bear one word and the second message is a repeat. */
const NATIVE = 'order.updated';

const UNPAID: ReadonlySet<string> = new Set(['pending', 'failed', 'on-hold', 'checkout-draft']);

/** Everything the drafts of one order share. */
interface Reading {
  readonly id: string;
  readonly order: OrderHint;
  readonly test: boolean;
  readonly revenue: Money;
  readonly object: WooObject;
  readonly settings: WooCommerceSettings;
}

const isOrder = (object: WooObject): boolean =>
  Array.isArray(object['line_items']) &&
  Array.isArray(object['refunds']) &&
  object['billing_period'] === undefined;

/** A status of a sale; or paid once and refunded or cancelled since. */
function wasPaid(object: WooObject, { paidStatuses }: WooCommerceSettings): boolean {
  const status = text(object['status']) ?? '';
  return (
    paidStatuses.includes(status) ||
    (timeAt(object, 'date_paid_gmt') !== null && !UNPAID.has(status))
  );
}

/** The subscription that a renewal belongs to (WooCommerce Subscriptions). */
const renewalOf = (object: WooObject): string | undefined =>
  metaAt(object, '_subscription_renewal') ?? metaAt(object, 'subscription_renewal');

function orderOf(object: WooObject, id: string): OrderHint {
  const subscription = renewalOf(object);
  return subscription === undefined || !/^\d{1,20}$/.test(subscription)
    ? { id }
    : { id: subscriptionName(subscription), aliases: [id] };
}

const isRenewal = (object: WooObject): boolean =>
  renewalOf(object) !== undefined || text(object['created_via']) === 'subscription';

const saleKey = (id: string): string => `order:${id}:sale`;

/** The time of the order, since that of the payment is filled in later for some ways to pay. */
const saleDraft = ({ id, order, test, revenue, object, settings }: Reading): EventDraft => ({
  key: saleKey(id),
  type: isRenewal(object) ? 'REBILL' : 'SALE',
  nativeType: NATIVE,
  test,
  occurredAt: timeAt(object, 'date_created_gmt'),
  order,
  revenue,
  ...peopleOf(object, settings),
});

const refundDraft = (reading: Reading, key: string, revenue: Money): EventDraft => ({
  key,
  type: 'REFUND',
  nativeType: NATIVE,
  test: reading.test,
  // The list of refunds has no times, and the order's own time of change differs from message to message.
  occurredAt: null,
  order: reading.order,
  revenue,
  reversesKey: saleKey(reading.id),
});

/** Refunds listed so far, each under its own number; undefined when one is unreadable. */
function refundDrafts(reading: Reading): readonly EventDraft[] | undefined {
  const { object, revenue, id } = reading;
  const listed = listAt(object, 'refunds').map((one) => {
    const amount = money(textAt(one, 'total'), revenue.currency);
    const number = idAt(one, 'id');
    return amount && number !== undefined
      ? refundDraft(reading, `refund:${number}`, amount)
      : undefined;
  });
  const drafts = listed.filter((draft) => draft !== undefined);
  if (drafts.length < listed.length) return undefined;
  const isWhole = drafts.length === 0 && text(object['status']) === 'refunded';
  return isWhole ? [refundDraft(reading, `order:${id}:refund`, revenue)] : drafts;
}

const cancelDraft = ({ id, order, test, object, settings }: Reading): EventDraft => ({
  key: `order:${id}:cancelled`,
  type: 'CANCELED',
  nativeType: NATIVE,
  test,
  occurredAt: null,
  order,
  ...peopleOf(object, settings),
});

/** `order.created` and `order.updated`: the whole order each time, from which every fact is told under its own key. */
export const ordered: Handler = (message, settings) => {
  const { object } = message;
  if (!isOrder(object)) return notThat(message, 'order');
  if (!wasPaid(object, settings)) return [];
  const id = idAt(object, 'id');
  const revenue = money(text(object['total']), text(object['currency']));
  if (id === undefined || !revenue) return lacks(message, 'id, total or currency');
  const order = orderOf(object, id);
  const reading: Reading = { id, order, test: settings.testStore, revenue, object, settings };
  const refunds = refundDrafts(reading);
  if (!refunds) return lacks(message, 'refund');
  const isCancelled = text(object['status']) === 'cancelled';
  return [saleDraft(reading), ...refunds, ...(isCancelled ? [cancelDraft(reading)] : [])];
};
