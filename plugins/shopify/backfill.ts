import {
  answerJson,
  BACKFILL_EVERY,
  isRecord,
  listAt,
  nextPage,
  nextStretch,
  stretchOf,
  textAt,
  type Json,
  type SourceJob,
} from '#contract';
import type { ShopifyCredentials, ShopifySettings } from './settings.js';
import type { ShopifyPayload } from './verify.js';

/** A version that Shopify retires is answered by the oldest one that it still serves. */
const VERSION = '2026-07';

/** An order has some 20 kB; Shopify's maximum is 250. */
const PAGE = '100';

/** `page_info` of the link to the next page. The link itself is not followed. */
const nextOf = (link: string | undefined): string | undefined =>
  /<[^<>]*[?&]page_info=([\w=-]{1,2000})[^<>]*>;\s*rel="next"/.exec(link ?? '')?.[1];

const isObject = (value: unknown): value is { readonly [name: string]: Json } => isRecord(value);

/** What the webhooks of an order would have told; each topic is asked again whether the order is what it says. */
function told(order: { readonly [name: string]: Json }): readonly ShopifyPayload[] {
  const refunds = listAt(order, 'refunds').filter(isObject);
  const isPaid = /^(?:paid|partially_refunded|refunded)$/.test(
    textAt(order, 'financial_status') ?? '',
  );
  return [
    { topic: 'orders/create', object: order },
    ...(isPaid ? [{ topic: 'orders/paid', object: order }] : []),
    ...refunds.map((object) => ({ topic: 'refunds/create', object })),
    ...(textAt(order, 'cancelled_at') === undefined
      ? []
      : [{ topic: 'orders/cancelled', object: order }]),
  ];
}

/** Orders that changed since the last run, with their refunds (Admin REST API, `orders.json`). Disputes are not in it. */
export const backfill: SourceJob<ShopifyCredentials, ShopifySettings, ShopifyPayload> = {
  name: 'backfill',
  every: BACKFILL_EVERY,
  wants: ({ accessToken, shopDomain }) => accessToken !== undefined && shopDomain !== undefined,

  build({ accessToken = '', shopDomain = '' }, { cursor, now }) {
    const { since, page } = stretchOf(cursor, now);
    const query = new URLSearchParams(
      page === undefined
        ? {
            status: 'any',
            updated_at_min: new Date(since).toISOString(),
            order: 'updated_at asc',
            limit: PAGE,
          }
        : { limit: PAGE, page_info: page },
    );
    return {
      method: 'GET',
      url: `https://${shopDomain}/admin/api/${VERSION}/orders.json?${query.toString()}`,
      headers: { 'x-shopify-access-token': accessToken, accept: 'application/json' },
    };
  },

  apply(response, { cursor, now }) {
    const list = answerJson(response);
    if (!isRecord(list) || !Array.isArray(list['orders'])) return undefined;
    const orders = listAt(list, 'orders').filter(isObject);
    const payloads = orders.flatMap((order) => told(order));
    const next = nextOf(response.headers['link']);
    const stretch = stretchOf(cursor, now);
    return next === undefined
      ? { cursor: nextStretch(stretch), payloads }
      : { cursor: nextPage(stretch, next), payloads, more: true };
  },
};
