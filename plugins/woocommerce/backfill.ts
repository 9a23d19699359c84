import {
  BACKFILL_EVERY,
  fromWallClock,
  isRecord,
  listAt,
  answerJson,
  nextPage,
  nextStretch,
  stretchOf,
  textAt,
  type Json,
  type SourceJob,
  type Stretch,
} from '#contract';
import type { WooCommerceCredentials, WooCommerceSettings } from './settings.js';
import type { WooPayload } from './verify.js';

/** WooCommerce's maximum. */
const PAGE = 100;

/** Orders changed after this time (epoch milliseconds), and which page of them. */
interface Place {
  readonly from: number;
  readonly page: number;
}

function placeOf({ since, page }: Stretch): Place {
  const [from, number] = (page ?? '').split(' ').map(Number);
  return { from: from || since, page: number || 1 };
}

const isObject = (value: unknown): value is { readonly [name: string]: Json } => isRecord(value);

/** The store's clock without a zone, in whole seconds. */
const wire = (ms: number): string => new Date(ms).toISOString().slice(0, 19);

/**
 * After a full page the next request begins at its last time, since orders that change meanwhile move to the end of the
 * list; a second earlier, since `modified_after` leaves its own second out. All of one second: the next page of it.
 */
function placeAfter(here: Place, orders: readonly unknown[]): Place {
  const last = fromWallClock(textAt(orders.at(-1), 'date_modified_gmt'), 'UTC')?.at;
  const from = Date.parse(last ?? '') - 1000;
  return from > here.from ? { from, page: 1 } : { ...here, page: here.page + 1 };
}

/** Orders that changed since the last run, each whole, as `order.updated` tells it (REST API v3). */
export const backfill: SourceJob<WooCommerceCredentials, WooCommerceSettings, WooPayload> = {
  name: 'backfill',
  every: BACKFILL_EVERY,
  wants: ({ storeUrl, consumerKey, consumerSecret }) =>
    storeUrl !== undefined && consumerKey !== undefined && consumerSecret !== undefined,

  build({ storeUrl = '', consumerKey = '', consumerSecret = '' }, { cursor, now }) {
    const { from, page } = placeOf(stretchOf(cursor, now));
    const query = new URLSearchParams({
      modified_after: wire(from),
      dates_are_gmt: 'true',
      orderby: 'modified',
      order: 'asc',
      per_page: String(PAGE),
      page: String(page),
    });
    const pair = Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64');
    return {
      method: 'GET',
      url: `${storeUrl.replace(/\/+$/, '')}/wp-json/wc/v3/orders?${query.toString()}`,
      headers: { authorization: `Basic ${pair}`, accept: 'application/json' },
    };
  },

  apply(response, { cursor, now }) {
    const list = answerJson(response);
    if (!Array.isArray(list)) return undefined;
    const orders = listAt({ list }, 'list').filter(isObject);
    const payloads = orders.map((object) => ({
      topic: 'order.updated',
      object,
    }));
    const stretch = stretchOf(cursor, now);
    if (orders.length < PAGE) return { cursor: nextStretch(stretch), payloads };
    const { from, page } = placeAfter(placeOf(stretch), orders);
    return { cursor: nextPage(stretch, `${from} ${page}`), payloads, more: true };
  },
};
