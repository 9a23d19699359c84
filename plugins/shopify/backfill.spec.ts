import { describe, expect, it } from '@jest/globals';
import { backfill } from './backfill.js';
import { ShopifyCredentials, ShopifySettings } from './settings.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const credentials = Object.assign(new ShopifyCredentials(), {
  accessToken: 'shpat_not_real',
  shopDomain: 'acme.myshopify.com',
});
const context = (cursor: string | null) => ({ cursor, now: NOW, settings: new ShopifySettings() });
const answer = (orders: unknown, link?: string) => ({
  status: 200,
  headers: { link },
  body: JSON.stringify({ orders }),
});
const NEXT = '<https://elsewhere.example/orders.json?limit=100&page_info=eyJhIjox>; rel="next"';

describe("the backfill of Shopify's orders", () => {
  it('takes the marker of the next page from the link, and not its address', () => {
    const first = backfill.apply(
      answer([], `<https://x.example/?page_info=back>; rel="previous", ${NEXT}`),
      context(null),
      credentials,
    );
    const { url } = backfill.build(credentials, context(first?.cursor ?? null));
    expect(url).toBe(
      'https://acme.myshopify.com/admin/api/2026-07/orders.json?limit=100&page_info=eyJhIjox',
    );
    const { searchParams } = new URL(backfill.build(credentials, context(null)).url);
    expect(searchParams.get('updated_at_min')).toBe('2026-10-21T10:00:00.000Z');
  });

  it('tells of each order what its webhooks would have told', () => {
    const order = {
      id: 1,
      financial_status: 'partially_refunded',
      cancelled_at: '2026-11-20T09:00:00Z',
      refunds: [{ id: 7 }, { id: 8 }],
    };
    const told = backfill.apply(
      answer([order, { id: 2, financial_status: 'pending' }]),
      context(null),
      credentials,
    );
    expect(told).not.toHaveProperty('more');
    expect(
      told?.payloads?.map(({ topic, object }) => [topic, (object as { id: number }).id]),
    ).toEqual([
      ['orders/create', 1],
      ['orders/paid', 1],
      ['refunds/create', 7],
      ['refunds/create', 8],
      ['orders/cancelled', 1],
      ['orders/create', 2],
    ]);
  });

  it('fails on what is no list, and wants token and shop', () => {
    const odd = { status: 200, headers: {}, body: '{"errors":"no"}' };
    expect(backfill.apply(odd, context(null), credentials)).toBeUndefined();
    const alone = Object.assign(new ShopifyCredentials(), { accessToken: 'shpat_x' });
    expect(backfill.wants(alone)).toBe(false);
  });
});
