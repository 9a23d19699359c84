import { compact, fromIso, textAt, type OrderHint } from '#contract';
import { idAt, lacks, linked, moneyAt, type Handler, type Resource } from './message.js';
import { paymentKey, saleOrder } from './payment.js';

/** The payment that a refund or reversal takes back: named, linked, or the object itself when it is the payment. */
export function paymentOf(resource: Resource): string | undefined {
  return (
    idAt(resource, 'sale_id') ??
    linked(resource, 'up', 'captures') ??
    linked(resource, 'sale', 'sale') ??
    linked(resource, 'self', 'captures') ??
    linked(resource, 'self', 'sale')
  );
}

/** The order as a refund can name it: PayPal repeats the ids of the payment, but not those of the approved order. */
export const orderOf = (resource: Resource, payment: string | undefined): OrderHint | undefined =>
  saleOrder(resource, payment);

/**
 * `PAYMENT.CAPTURE.REFUNDED` and `PAYMENT.SALE.REFUNDED`: one refund, full or partial. v1 amounts are negative and may
 * lack the `sale_id`; the sign is dropped, the missing parent flagged.
 */
export const refunded: Handler = (event) => {
  const { resource } = event;
  const id = idAt(resource, 'id');
  const revenue = moneyAt(resource, 'amount');
  if (id === undefined || !revenue) return lacks(event, 'id, amount or currency');
  const payment = paymentOf(resource);
  return [
    {
      key: `${id}:refund`,
      type: 'REFUND',
      nativeType: event.type,
      test: event.test,
      occurredAt: fromIso(textAt(resource, 'create_time')) ?? null,
      revenue,
      ...compact({
        order: orderOf(resource, payment),
        flags: payment === undefined ? ['parent-missing'] : undefined,
        reversesKey: payment === undefined ? undefined : paymentKey(payment),
      }),
    },
  ];
};
