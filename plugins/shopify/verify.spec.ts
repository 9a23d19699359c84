import { describe, expect, it } from '@jest/globals';
import { ShopifyCredentials } from './settings.js';
import { verify } from './verify.js';

/** Computed with Python's hmac module. */
const SIGNATURE = 'Cd1ASe+TA0bt8qbQCfe0fIAbFCa6gSp5MUmHbcQOiN8=';
const BODY = '{"id":1,"note":"größer"}';

const ask = (
  headers: Readonly<Record<string, string>>,
  credentials: Partial<ShopifyCredentials> = {},
): unknown =>
  verify(
    {
      method: 'POST',
      url: '',
      pathToken: '',
      query: '',
      headers: { 'x-shopify-topic': 'orders/paid', ...headers },
      body: Buffer.from(BODY, 'utf8'),
      receivedAt: 0,
    },
    Object.assign(new ShopifyCredentials(), { secret: 'sample-secret' }, credentials),
  );

describe('shopify signature', () => {
  it('accepts what another implementation signed, under either header name', () => {
    expect(ask({ 'x-shopify-hmac-sha256': SIGNATURE })).toMatchObject({ ok: true });
    expect(ask({ 'shopify-hmac-sha256': SIGNATURE })).toMatchObject({ ok: true });
  });

  it.each([SIGNATURE.slice(0, -1), `${SIGNATURE}, ${SIGNATURE}`, SIGNATURE.replace('=', ''), 'zz'])(
    'refuses %s',
    (signature) => {
      const verdict = ask({ 'x-shopify-hmac-sha256': signature });
      expect(verdict).toEqual({ ok: false, reason: 'bad-signature' });
    },
  );

  it('fails closed without a secret', () => {
    const verdict = ask({ 'x-shopify-hmac-sha256': SIGNATURE }, { secret: '' });
    expect(verdict).toEqual({ ok: false, reason: 'bad-signature' });
  });

  it('refuses a message that names no shop when one is configured', () => {
    const verdict = ask(
      { 'x-shopify-hmac-sha256': SIGNATURE },
      { shopDomain: 'acme.myshopify.com' },
    );
    expect(verdict).toEqual({ ok: false, reason: 'wrong-account' });
  });
});
