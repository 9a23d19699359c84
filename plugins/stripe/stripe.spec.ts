import { describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import type { SealedRequest } from '#contract';
import { notificationOf } from './fixtures/notification.js';
import { credentials, seal } from './fixtures/seal.js';
import plugin from './index.js';

/** Our verifier and our seal against Stripe's own library: neither may be alone with its opinion. */
const sdk = new Stripe('sk_test_sampleNotReal').webhooks;
const secret = credentials.signingSecret;
const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const EVENT = {
  id: 'evt_1',
  object: 'event',
  created: NOW / 1000,
  livemode: true,
  type: 'customer.created',
  data: { object: { id: 'cus_1', object: 'customer', name: 'Zoë ☕' } },
};

const ours = (request: Pick<SealedRequest, 'headers' | 'body'>, receivedAt = NOW): unknown => {
  const verdict = plugin.verify(notificationOf(request, receivedAt), credentials, []);
  return verdict.ok ? 'accepted' : verdict.reason;
};

const signedBySdk = (payload: string, timestamp = NOW / 1000, key = secret) => ({
  headers: {
    'stripe-signature': sdk.generateTestHeaderString({ payload, secret: key, timestamp }),
  },
  body: Buffer.from(payload, 'utf8'),
});

describe('agreement with the vendor library', () => {
  it('accepts what the library signs', () => {
    expect(ours(signedBySdk(JSON.stringify(EVENT)))).toBe('accepted');
  });

  it('refuses what the library signs with another secret', () => {
    expect(ours(signedBySdk(JSON.stringify(EVENT), NOW / 1000, 'whsec_other'))).toBe(
      'bad-signature',
    );
  });

  it('refuses what the library signs too early or too late', () => {
    const text = JSON.stringify(EVENT);
    expect(ours(signedBySdk(text, NOW / 1000 - 301))).toBe('stale');
    expect(ours(signedBySdk(text, NOW / 1000 + 301))).toBe('stale');
  });

  it('makes traffic that the library accepts', () => {
    const sealed = seal(EVENT, credentials, NOW);
    const header = sealed.headers['stripe-signature'] ?? '';
    const event = sdk.constructEvent(sealed.body, header, secret, 300, undefined, NOW);
    expect(event).toEqual(EVENT);
  });

  it('makes traffic that the library refuses once it is altered', () => {
    const sealed = seal(EVENT, credentials, NOW);
    const header = sealed.headers['stripe-signature'] ?? '';
    const altered = Buffer.from(sealed.body.toString('utf8').replace('cus_1', 'cus_2'));
    expect(() => sdk.constructEvent(altered, header, secret, 300, undefined, NOW)).toThrow(
      'No signatures found matching the expected signature',
    );
    expect(ours({ headers: sealed.headers, body: altered })).toBe('bad-signature');
  });
});

describe('a signed body that is no event', () => {
  const verdictOn = (text: string | Buffer): unknown => {
    const body = Buffer.isBuffer(text) ? text : Buffer.from(text);
    const sealed = seal(null, credentials, NOW, { body: body.toString('latin1') });
    return ours(Buffer.isBuffer(text) ? sealed : { ...sealed, body });
  };

  it.each([
    ['an array', '[]', 'malformed'],
    ['a text', '"event"', 'malformed'],
    ['null', 'null', 'malformed'],
    ['no type', '{"id":"evt_1","data":{"object":{}}}', 'malformed'],
    ['no object', '{"id":"evt_1","type":"invoice.paid","data":{}}', 'malformed'],
    ['a list for an object', '{"type":"invoice.paid","data":{"object":[]}}', 'malformed'],
    ['half of it', '{"type":"invoice.paid"', 'malformed'],
    ['forty levels', '['.repeat(40), 'too-deep'],
  ])('%s', (_what, text, reason) => {
    expect(verdictOn(text)).toBe(reason);
  });

  it('has nothing to say about an empty body but that', () => {
    expect(verdictOn('')).toBe('empty');
  });
});
