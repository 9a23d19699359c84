import { describe, expect, it } from '@jest/globals';
import { token } from './api.js';
import { backfill } from './backfill.js';
import { PayPalCredentials, PayPalSettings } from './settings.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const credentials = Object.assign(new PayPalCredentials(), {
  clientId: 'client',
  clientSecret: 'secret',
  accessToken: 'A21',
});
const context = (cursor: string | null) => ({ cursor, now: NOW, settings: new PayPalSettings() });
const event = { event_type: 'PAYMENT.CAPTURE.COMPLETED', resource: { id: '1' } };
const list = (count: number, links: unknown = []) => ({
  status: 200,
  headers: {},
  body: JSON.stringify({ events: Array.from({ length: count }, () => event), links }),
});
const windowAt = (cursor: string | null) => {
  const { searchParams } = new URL(backfill.build(credentials, context(cursor)).url);
  return [searchParams.get('start_time'), searchParams.get('end_time')];
};

describe("the backfill from PayPal's events", () => {
  it('asks for 29 days at first, at the host of the environment', () => {
    expect(windowAt(null)).toEqual(['2026-10-22T10:00:00Z', '2026-11-20T10:00:00Z']);
    const sandbox = Object.assign(new PayPalCredentials(), { environment: 'sandbox' });
    expect(backfill.build(sandbox, context(null)).url).toMatch(/^https:\/\/api-m\.sandbox\.paypal/);
    expect(backfill.apply(list(1), context(null), sandbox)?.payloads).toMatchObject([
      { sandbox: true },
    ]);
  });

  it.each([
    ['a full page', list(100)],
    ['a page with a next link', list(20, [{ rel: 'next', href: 'https://elsewhere.example/' }])],
  ])('halves a window with %s, and goes on behind it', (_name, page) => {
    const half = backfill.apply(page, context(null), credentials)?.cursor ?? '';
    expect(windowAt(half)).toEqual(['2026-10-22T10:00:00Z', '2026-11-05T22:00:00Z']);
    const rest = backfill.apply(list(3), context(half), credentials);
    expect(rest).toMatchObject({ more: true });
    expect(windowAt(rest?.cursor ?? '')).toEqual(['2026-11-05T22:00:00Z', '2026-11-20T10:00:00Z']);
    const end = backfill.apply(list(3), context(rest?.cursor ?? ''), credentials);
    expect(end).not.toHaveProperty('more');
    expect(windowAt(end?.cursor ?? '')[0]).toBe('2026-11-20T09:00:00Z');
  });

  it('fails on what is no list, and wants a client', () => {
    const odd = { status: 200, headers: {}, body: '{"name":"ERROR"}' };
    expect(backfill.apply(odd, context(null), credentials)).toBeUndefined();
    expect(backfill.wants(new PayPalCredentials())).toBe(false);
  });

  it('gets its token with the client’s name and secret', () => {
    const { url, headers, body } = token.build(credentials);
    expect([url, body]).toEqual([
      'https://api-m.paypal.com/v1/oauth2/token',
      'grant_type=client_credentials',
    ]);
    expect(headers?.['authorization']).toBe(
      `Basic ${Buffer.from('client:secret').toString('base64')}`,
    );
    const answer = { status: 200, headers: {}, body: '{"access_token":"A22","expires_in":32400}' };
    expect(token.read(answer)).toEqual({ token: 'A22', forMs: 32_400_000 });
    expect(token.read({ ...answer, status: 401 })).toBeUndefined();
    expect(token.lay(credentials, 'A22')).toMatchObject({ accessToken: 'A22', clientId: 'client' });
  });
});
