import { compact, fromIso, textAt, type EventDraft, type OrderHint } from '#contract';
import { attributionOf, customerOf } from './attribution.js';
import { aliasesOf, idAt, lacks, linked, moneyAt, type Handler, type Resource } from './message.js';

/** Key of a payment, whatever its manner: refunds and disputes know its id only. */
export const paymentKey = (id: string): string => `${id}:payment`;

/** The order of a capture is the one that was approved; without it the capture stands for itself. */
function captureOrder(resource: Resource, id: string): OrderHint {
  const order =
    idAt(resource, 'supplementary_data.related_ids.order_id') ?? linked(resource, 'up', 'orders');
  return { id: order ?? id, aliases: aliasesOf(order ?? id, id) };
}

/** `PAYMENT.CAPTURE.COMPLETED` (Orders v2): money was taken. An approved order is none yet. */
export const captured: Handler = (event, settings) => {
  const { resource } = event;
  const id = idAt(resource, 'id');
  const revenue = moneyAt(resource, 'amount');
  if (id === undefined || !revenue) return lacks(event, 'id, amount or currency');
  return [
    {
      key: paymentKey(id),
      type: 'SALE',
      nativeType: event.type,
      test: event.test,
      occurredAt: fromIso(textAt(resource, 'create_time')) ?? null,
      order: captureOrder(resource, id),
      revenue,
      ...compact({
        attribution: attributionOf(resource, settings),
        customer: customerOf(resource),
      }),
    },
  ];
};

/** Names of a v1 payment: the subscription it belongs to, or the payment it is a part of. */
export function saleOrder(resource: Resource, sale: string | undefined): OrderHint | undefined {
  const subscription = idAt(resource, 'billing_agreement_id');
  const payment = idAt(resource, 'parent_payment');
  const id = subscription ?? payment ?? sale;
  return id === undefined ? undefined : { id, aliases: aliasesOf(id, payment, sale) };
}

/**
 * `PAYMENT.SALE.COMPLETED` (v1): a one-off payment, or one of a subscription. Nothing in it says which payment of a
 * subscription it is, so the setting decides whether it is told as a REBILL after the activation, or as a SALE.
 */
export const sold: Handler = (event, settings) => {
  const { resource } = event;
  const id = idAt(resource, 'id');
  const revenue = moneyAt(resource, 'amount');
  const order = saleOrder(resource, id);
  if (id === undefined || !revenue || !order) return lacks(event, 'id, amount or currency');
  const ofSubscription = idAt(resource, 'billing_agreement_id') !== undefined;
  const isRebill = ofSubscription && settings.subscriptionSale === 'activation';
  const draft: EventDraft = {
    key: paymentKey(id),
    type: isRebill ? 'REBILL' : 'SALE',
    nativeType: event.type,
    test: event.test,
    occurredAt: fromIso(textAt(resource, 'create_time')) ?? null,
    order,
    revenue,
    ...compact({ attribution: attributionOf(resource, settings) }),
  };
  return [draft];
};
