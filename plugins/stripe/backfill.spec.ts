import { describe, expect, it } from '@jest/globals';
import { backfill } from './backfill.js';
import { StripeCredentials, StripeSettings } from './settings.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const seconds = NOW / 1000;
const credentials = Object.assign(new StripeCredentials(), {
  signingSecret: 'whsec_not_real',
  apiKey: 'rk_live_not_real',
});
const context = (cursor: string | null, now = NOW) => ({
  cursor,
  now,
  settings: new StripeSettings(),
});
const page = (ids: readonly string[], more: boolean) => ({
  status: 200,
  headers: {},
  body: JSON.stringify({
    object: 'list',
    data: ids.map((id) => ({ id, type: 'invoice.paid', data: { object: { id: 'in_1' } } })),
    has_more: more,
  }),
});

describe("the backfill from Stripe's list of events", () => {
  it('asks for 30 days at first, with the key in a header', () => {
    const { url, headers } = backfill.build(credentials, context(null));
    const query = new URL(url).searchParams;
    expect(url).toMatch(/^https:\/\/api\.stripe\.com\/v1\/events\?/);
    expect(query.get('created[gte]')).toBe(String(seconds - 30 * 86_400));
    expect(url).not.toContain('rk_live');
    expect(headers).toMatchObject({ authorization: 'Bearer rk_live_not_real' });
    expect(backfill.wants(new StripeCredentials())).toBe(false);
  });

  it('goes on behind the last event, and then begins an hour before this run began', () => {
    const first = backfill.apply(page(['evt_3', 'evt_2'], true), context(null), credentials);
    expect(first).toMatchObject({ more: true, payloads: [{ id: 'evt_3' }, { id: 'evt_2' }] });
    // The second page may come minutes later; the window stays as it was.
    const later = context(first?.cursor ?? null, NOW + 300_000);
    const query = new URL(backfill.build(credentials, later).url).searchParams;
    expect([query.get('starting_after'), query.get('created[gte]')]).toEqual([
      'evt_2',
      String(seconds - 30 * 86_400),
    ]);
    const end = backfill.apply(page(['evt_1'], false), later, credentials);
    expect(end).not.toHaveProperty('more');
    const next = context(end?.cursor ?? null, NOW + 3_600_000);
    const again = new URL(backfill.build(credentials, next).url).searchParams;
    expect([again.get('starting_after'), again.get('created[gte]')]).toEqual([
      null,
      String(seconds - 3600),
    ]);
  });

  it('takes an empty page as the end, and anything else as a failure', () => {
    expect(backfill.apply(page([], false), context(null), credentials)?.payloads).toEqual([]);
    const odd = { status: 200, headers: {}, body: '<html>' };
    expect(backfill.apply(odd, context(null), credentials)).toBeUndefined();
  });
});
