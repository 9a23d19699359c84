import { compact, shopAttribution, textAt, textsAt } from '#contract';
import { idAt, lacks, moneyAt, orderOf, transactionKey, type Handler } from './message.js';

/** Origins of transactions that follow the first one of a subscription, with a finding where it is no plain renewal. */
const LATER: ReadonlyMap<string, string | undefined> = new Map([
  ['subscription_recurring', undefined],
  ['subscription_update', 'plan-change'],
  ['subscription_charge', 'extra-charge'],
  ['subscription_payment_method_change', 'payment-method-change'],
]);

/**
 * `transaction.completed`: the first payment is a SALE, whatever follows in a subscription a REBILL. A new payment
 * method is checked with a transaction of zero, which is nothing.
 */
export const completed: Handler = (event, settings) => {
  const { data } = event;
  const id = idAt(data, 'id');
  const revenue = moneyAt(data, `details.totals.${settings.amountField}`);
  if (id === undefined || !revenue) return lacks(event, 'id, amount or currency');
  const origin = textAt(data, 'origin') ?? '';
  const isLater = LATER.has(origin);
  if (revenue.amount === 0 && origin === 'subscription_payment_method_change') return [];
  const finding = revenue.amount === 0 ? 'zero-amount' : LATER.get(origin);
  const customer = idAt(data, 'customer_id');
  return [
    {
      key: transactionKey(id),
      type: isLater ? 'REBILL' : 'SALE',
      nativeType: event.type,
      test: event.test,
      occurredAt: event.at,
      order: { ...orderOf(data, id), ...(isLater ? {} : { sequence: 1 }) },
      revenue,
      ...compact({
        attribution: shopAttribution(
          textsAt(data, 'custom_data'),
          settings,
          textAt(data, 'discount_id'),
        ),
        customer: customer === undefined ? undefined : { id: customer },
        flags: finding === undefined ? undefined : [finding],
      }),
    },
  ];
};
