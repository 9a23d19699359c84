import { describe, expect, it } from '@jest/globals';
import type { HttpResponse, Notification } from '#contract';
import { environmentOf } from './certificate.js';
import { certificate } from './fixtures/seal.js';
import plugin from './index.js';
import { PayPalCredentials } from './settings.js';

/** Made with `openssl dgst -sha256 -sign` and another library's CRC-32 (3655673106) over the body below. */
const SIGNATURE = [
  'SK5r8J5KmOHACPnyP4TsX1tS3jQxXNCkbYIZI6C5b7T+kyYBqcZRk+BD1bhDnJ+VFVQPr+HoY75BbQwJCGxuA+yx',
  'yzJE2cKfD6o01DMznLUA823MMJJK8Go40mdoPYgHZZbRBcFxT0OUpHWcRzNOQd+s3Owmvs1vqMFKcplQK29kFIkk',
  'S9dYglIPWrYw/65EQvxxdAPrJOdxHqkkBcTCYU4nO5m9tKiw1VpeHG6zxM5xr7yO54WuXcWd8kYVNZuinGQGHu4z',
  'WKGOgb7JhbpiOSwxV9VP7AnrdCplgyvliIvHeQCqplClCbDO1Y2OFL6s7WFG6VKjO4mGrVPN/sXRHg==',
].join('');
const BODY = '{"event_type":"PAYMENT.CAPTURE.DENIED","note":"größer","resource":{"id":"1"}}';
const CERTIFICATE: HttpResponse = { status: 200, headers: {}, body: certificate };

const told = (more: Readonly<Record<string, string>> = {}): Notification => ({
  method: 'POST',
  url: '',
  pathToken: '',
  query: '',
  headers: {
    'paypal-transmission-id': 'a-1',
    'paypal-transmission-time': '2026-11-20T09:59:00Z',
    'paypal-transmission-sig': SIGNATURE,
    'paypal-cert-url': 'https://api.paypal.com/v1/notifications/certs/CERT-1',
    'paypal-auth-algo': 'SHA256withRSA',
    ...more,
  },
  body: Buffer.from(BODY, 'utf8'),
  receivedAt: Date.parse('2026-11-20T10:00:00Z'),
});

const ours = Object.assign(new PayPalCredentials(), { webhookId: 'WHID77' });

describe('paypal signature', () => {
  it('accepts what another implementation signed', () => {
    expect(plugin.verify(told(), ours, [CERTIFICATE])).toMatchObject({ ok: true, trust: 'signed' });
  });

  it.each([
    ['paypal-transmission-id', 'a-2'],
    ['paypal-transmission-time', '2026-11-20T09:59:01Z'],
    ['paypal-transmission-sig', SIGNATURE.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))],
    ['paypal-transmission-sig', 'not base64'],
  ])('refuses another %s', (name, value) => {
    expect(plugin.verify(told({ [name]: value }), ours, [CERTIFICATE])).toEqual({
      ok: false,
      reason: 'bad-signature',
    });
  });

  it.each([302, 404, 500])('takes no certificate from an answer with status %i', (status) => {
    const verdict = plugin.verify(told(), ours, [{ ...CERTIFICATE, status }]);
    expect(verdict).toEqual({ ok: false, reason: 'bad-signature' });
  });
});

describe('paypal certificate address', () => {
  const path = '/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77';

  it.each([
    [`https://api.paypal.com${path}`, 'live'],
    [`https://api.sandbox.paypal.com${path}`, 'sandbox'],
    [`http://api.paypal.com${path}`, undefined],
    [`https://paypal.com.elsewhere.example${path}`, undefined],
    [`https://notpaypal.com${path}`, undefined],
    [`https://api.paypal.com:8443${path}`, undefined],
    [`https://user@api.paypal.com${path}`, undefined],
    [`https://api.paypal.com@elsewhere.example${path}`, undefined],
    [`https://api.paypal.com${path}?to=x`, undefined],
    ['https://api.paypal.com/v1/notifications/certs/../../oauth', undefined],
    ['https://127.0.0.1/v1/notifications/certs/CERT-1', undefined],
    [undefined, undefined],
  ])('%s: %s', (url, wanted) => expect(environmentOf(url)).toBe(wanted));

  it('asks for the named certificate, and for none at another address', () => {
    expect(plugin.materials?.(told(), ours)).toEqual([
      { method: 'GET', url: 'https://api.paypal.com/v1/notifications/certs/CERT-1' },
    ]);
    const elsewhere = told({ 'paypal-cert-url': `https://elsewhere.example${path}` });
    expect(plugin.materials?.(elsewhere, ours)).toEqual([]);
  });
});
