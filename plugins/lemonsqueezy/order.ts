import { text } from '#contract';
import { lacks, moneyAt, peopleOf, refundedOf, timeAt, type Handler } from './message.js';

/** Key of an order's payment; its refunds name the order. */
export const orderKey = (id: string): string => `order:${id}:sale`;

/** `order_created`: one-off purchases and the first payment of a subscription. Pending and failed ones are no sale. */
export const ordered: Handler = (event, settings) => {
  const { id, attributes } = event;
  const revenue = moneyAt(event, settings.amountField);
  if (id === undefined || !revenue) return lacks(event, 'id, amount or currency');
  const status = text(attributes['status']);
  if (status === 'pending' || status === 'failed') return [];
  return [
    {
      key: orderKey(id),
      type: 'SALE',
      nativeType: event.name,
      test: event.test,
      occurredAt: timeAt(event, 'created_at'),
      order: { id, sequence: 1 },
      revenue,
      ...peopleOf(event, settings),
      ...(revenue.amount === 0 ? { flags: ['zero-amount'] } : {}),
    },
  ];
};

/**
 * `order_refunded`: full or partial. `refunded_amount` counts everything given back so far, so a second partial refund
 * has a larger one: it stands in the key, and anything short of the whole is flagged.
 */
export const orderRefunded: Handler = (event, settings) => {
  const { id } = event;
  const total = moneyAt(event, 'total');
  const revenue = refundedOf(event);
  if (id === undefined || !revenue) return lacks(event, 'id, amount or currency');
  const isPartial = total !== undefined && revenue.amount < total.amount;
  return [
    {
      key: `order:${id}:refund:${revenue.amount}`,
      type: 'REFUND',
      nativeType: event.name,
      test: event.test,
      occurredAt: timeAt(event, 'refunded_at'),
      order: { id, sequence: 1 },
      revenue,
      ...peopleOf(event, settings),
      ...(isPartial ? { flags: ['refunded-so-far'] } : {}),
      reversesKey: orderKey(id),
    },
  ];
};
