import { text, type Normalized, type OrderHint } from '#contract';
import {
  idOf,
  lacks,
  moneyAt,
  peopleOf,
  refundedOf,
  subscriptionName,
  timeAt,
  type Handler,
  type LemonEvent,
} from './message.js';

const paymentKey = (invoice: string): string => `invoice:${invoice}:payment`;

/** A subscription's invoice names the subscription only; `subscription_created` has tied that to the order. */
function orderOf({ attributes }: LemonEvent): OrderHint | undefined {
  const id = idOf(attributes['subscription_id']);
  return id === undefined ? undefined : { id: subscriptionName(id) };
}

/** The first payment is told by `order_created` already. */
const isFirst = ({ attributes }: LemonEvent): boolean =>
  text(attributes['billing_reason']) === 'initial';

/** `subscription_created`: ties the number of the subscription to that of its order. */
export const created: Handler = (event): Normalized => {
  const { id, attributes } = event;
  const order = idOf(attributes['order_id']);
  if (id === undefined || order === undefined) return lacks(event, 'id and order_id');
  return [{ link: [order, subscriptionName(id)] }];
};

/** `subscription_payment_success`: renewals, and charges of a changed plan. */
export const paid: Handler = (event, settings) => {
  if (isFirst(event)) return [];
  const { id, attributes } = event;
  const revenue = moneyAt(event, settings.amountField);
  const order = orderOf(event);
  if (id === undefined || !revenue || !order) {
    return lacks(event, 'id, subscription_id, amount or currency');
  }
  return [
    {
      key: paymentKey(id),
      type: 'REBILL',
      nativeType: event.name,
      test: event.test,
      occurredAt: timeAt(event, 'created_at'),
      order,
      revenue,
      ...peopleOf(event, settings),
      ...(text(attributes['billing_reason']) === 'updated' ? { flags: ['plan-change'] } : {}),
    },
  ];
};

/** `subscription_payment_refunded`; that of the first payment is told by `order_refunded`. */
export const paymentRefunded: Handler = (event, settings) => {
  if (isFirst(event)) return [];
  const { id } = event;
  const total = moneyAt(event, 'total');
  const revenue = refundedOf(event);
  const order = orderOf(event);
  if (id === undefined || !revenue || !order) {
    return lacks(event, 'id, subscription_id, amount or currency');
  }
  const isPartial = total !== undefined && revenue.amount < total.amount;
  return [
    {
      key: `invoice:${id}:refund:${revenue.amount}`,
      type: 'REFUND',
      nativeType: event.name,
      test: event.test,
      occurredAt: timeAt(event, 'refunded_at'),
      order,
      revenue,
      ...peopleOf(event, settings),
      ...(isPartial ? { flags: ['refunded-so-far'] } : {}),
      reversesKey: paymentKey(id),
    },
  ];
};

/**
 * `subscription_cancelled` and `subscription_expired`. Expiry after a cancellation is the same end told again; alone it
 * means that payments failed for good. A subscription can be resumed and cancelled again: its end is in the key.
 */
export const stopped: Handler = (event, settings) => {
  const { id, attributes, name } = event;
  if (id === undefined) return lacks(event, 'id');
  const expired = name === 'subscription_expired';
  if (expired && attributes['cancelled'] === true) return [];
  const end = timeAt(event, 'ends_at');
  const order = idOf(attributes['order_id']);
  return [
    {
      key: `subscription:${id}:${expired ? 'expired' : `cancelled:${end ?? ''}`}`,
      type: 'CANCELED',
      nativeType: name,
      test: event.test,
      occurredAt: timeAt(event, 'updated_at'),
      order:
        order === undefined
          ? { id: subscriptionName(id) }
          : { id: order, aliases: [subscriptionName(id)] },
      ...peopleOf(event, settings),
    },
  ];
};
