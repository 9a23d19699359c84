import { describe, expect, it } from '@jest/globals';
import type { Notification } from '#contract';
import plugin from './index.js';
import { WooCommerceCredentials } from './settings.js';

/** Computed with Python's hmac module over the body, keyed with the UTF-8 bytes of the secret. */
const SECRET = 'geheim & größer';
const SIGNATURE = 'gkD4SemV2y6hEm2iecOAM/U36LhEGmclDF2lS7ag40A=';
const BODY = '{"id":1,"note":"größer"}';

const post = (body: string, headers: Readonly<Record<string, string>> = {}): Notification => ({
  method: 'POST',
  url: '',
  pathToken: '',
  query: '',
  headers,
  body: Buffer.from(body, 'utf8'),
  receivedAt: 0,
});

const ask = (signature: string, secret = SECRET): unknown =>
  plugin.verify(
    post(BODY, { 'x-wc-webhook-topic': 'order.updated', 'x-wc-webhook-signature': signature }),
    Object.assign(new WooCommerceCredentials(), { secret }),
    [],
  );

describe('woocommerce signature', () => {
  it('accepts what another implementation signed', () => {
    expect(ask(SIGNATURE)).toMatchObject({ ok: true, trust: 'signed' });
  });

  it.each(['', SIGNATURE.slice(4), 'zz'])('refuses %j', (signature) => {
    expect(ask(signature)).toMatchObject({ ok: false });
  });

  it('fails closed without a secret, although WooCommerce would sign with an empty one', () => {
    expect(ask(SIGNATURE, '')).toEqual({ ok: false, reason: 'bad-signature' });
  });
});

describe('woocommerce ping', () => {
  it('is answered with 200', () => {
    expect(plugin.probe?.(post('webhook_id=12'))).toMatchObject({ status: 200 });
  });

  it.each(['webhook_id=', 'webhook_id=12&x=1', 'webhook_id=12 ', '', '{"id":1}'])(
    '%j is none',
    (body) => expect(plugin.probe?.(post(body))).toBeUndefined(),
  );

  it('with a signature is a notification like any other', () => {
    const signed = post('webhook_id=12', { 'x-wc-webhook-signature': SIGNATURE });
    expect(plugin.probe?.(signed)).toBeUndefined();
  });
});
