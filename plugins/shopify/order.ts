import { compact, fromIso, money, text, textAt, type EventDraft, type Money } from '#contract';
import { readAttribution, readCustomer } from './attribution.js';
import {
  idAt,
  lacks,
  notThat,
  saleKey,
  type Handler,
  type ShopifyMessage,
  type ShopifyObject,
} from './message.js';
import type { ShopifySettings } from './settings.js';

const isOrder = (object: ShopifyObject): boolean => Array.isArray(object['line_items']);

/** A refund can be faster than the message about the payment. */
const PAID: ReadonlySet<string> = new Set(['paid', 'partially_refunded', 'refunded']);

/** `…_set` holds both currencies; messages of old API versions hold that of the shop only. */
function revenueOf(order: ShopifyObject, settings: ShopifySettings): Money | undefined {
  const { amountField, currency } = settings;
  const path = `${amountField}_set.${currency}_money`;
  const told = money(textAt(order, `${path}.amount`), textAt(order, `${path}.currency_code`));
  const plain = money(text(order[amountField]), text(order['currency']));
  return told ?? (currency === 'shop' ? plain : undefined);
}

/** Renewals are orders of their own, marked by the subscription app's tag or by Shopify's own subscriptions. */
function isRenewal(order: ShopifyObject, { rebillTags }: ShopifySettings): boolean {
  const tags = (text(order['tags']) ?? '').split(',').map((tag) => tag.trim().toLowerCase());
  const marked = rebillTags.some((tag) => tags.includes(tag.toLowerCase()));
  return marked || (text(order['source_name']) ?? '').startsWith('subscription_contract');
}

function draftOf(
  { topic, object: order }: ShopifyMessage,
  settings: ShopifySettings,
  id: string,
  revenue: Money,
): EventDraft {
  const renewal = isRenewal(order, settings);
  return {
    key: saleKey(id),
    type: renewal ? 'REBILL' : 'SALE',
    nativeType: topic,
    test: order['test'] === true,
    occurredAt: fromIso(text(order['processed_at'])) ?? fromIso(text(order['created_at'])) ?? null,
    order: { id },
    revenue,
    ...compact({
      attribution: readAttribution(order, settings),
      customer: readCustomer(order),
      flags: renewal ? ['parent-missing'] : undefined,
    }),
  };
}

/** `orders/paid`, or `orders/create` where the settings say so. */
export const sold: Handler = (message, settings) => {
  const { topic, object } = message;
  if ((settings.sales === 'paid') !== (topic === 'orders/paid')) return [];
  if (!isOrder(object)) return notThat(message, 'order');
  const status = text(object['financial_status']) ?? '';
  if (topic === 'orders/paid' && !PAID.has(status)) return notThat(message, 'paid order');
  const id = idAt(object, 'id');
  const revenue = revenueOf(object, settings);
  return id === undefined || !revenue
    ? lacks(message, 'id, amount or currency')
    : [draftOf(message, settings, id, revenue)];
};

/** `orders/cancelled`. Money that goes back is told by `refunds/create`. */
export const cancelled: Handler = (message, settings) => {
  const { topic, object } = message;
  const at = fromIso(text(object['cancelled_at']));
  if (!isOrder(object) || at === undefined) return notThat(message, 'cancelled order');
  const id = idAt(object, 'id');
  if (id === undefined) return lacks(message, 'id');
  return [
    {
      key: `order:${id}:cancelled`,
      type: 'CANCELED',
      nativeType: topic,
      test: object['test'] === true,
      occurredAt: at,
      order: { id },
      ...compact({
        attribution: readAttribution(object, settings),
        customer: readCustomer(object),
      }),
    },
  ];
};
