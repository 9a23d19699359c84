import { describe, expect, it } from '@jest/globals';
import { backfill } from './backfill.js';
import { WooCommerceCredentials, WooCommerceSettings } from './settings.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const credentials = Object.assign(new WooCommerceCredentials(), {
  storeUrl: 'https://shop.example/store/',
  consumerKey: 'ck_x',
  consumerSecret: 'cs_x',
});
const context = (cursor: string | null) => ({
  cursor,
  now: NOW,
  settings: new WooCommerceSettings(),
});
const page = (orders: unknown) => ({ status: 200, headers: {}, body: JSON.stringify(orders) });
const full = (last: string) =>
  page(Array.from({ length: 100 }, (_none, id) => ({ id, date_modified_gmt: last })));
const asked = (cursor: string | null) => {
  const { searchParams } = new URL(backfill.build(credentials, context(cursor)).url);
  return [searchParams.get('modified_after'), searchParams.get('page')];
};

describe("the backfill of WooCommerce's orders", () => {
  it('asks the store, oldest change first, in UTC', () => {
    const { url } = backfill.build(credentials, context(null));
    expect(url).toMatch(/^https:\/\/shop\.example\/store\/wp-json\/wc\/v3\/orders\?/);
    expect(asked(null)).toEqual(['2026-10-21T10:00:00', '1']);
    expect(new URL(url).searchParams.get('dates_are_gmt')).toBe('true');
  });

  it('goes on a second before the last change of a full page', () => {
    const first = backfill.apply(full('2026-11-01T12:00:00'), context(null), credentials);
    expect(first).toMatchObject({ more: true });
    expect(asked(first?.cursor ?? null)).toEqual(['2026-11-01T11:59:59', '1']);
    // A hundred orders of one second: the next page of the same question.
    const again = backfill.apply(
      full('2026-11-01T12:00:00'),
      context(first?.cursor ?? null),
      credentials,
    );
    expect(asked(again?.cursor ?? null)).toEqual(['2026-11-01T11:59:59', '2']);
    const end = backfill.apply(page([{ id: 1 }]), context(again?.cursor ?? null), credentials);
    expect(end).toMatchObject({ payloads: [{ topic: 'order.updated', object: { id: 1 } }] });
    expect(asked(end?.cursor ?? null)).toEqual(['2026-11-20T09:00:00', '1']);
  });

  it('fails on what is no list', () => {
    expect(backfill.apply(page({ code: 'no' }), context(null), credentials)).toBeUndefined();
    expect(backfill.wants(new WooCommerceCredentials())).toBe(false);
  });
});
