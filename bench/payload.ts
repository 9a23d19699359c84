import { createHmac } from 'node:crypto';

import { OFFER } from './scenarios.js';

/** Looks like a signing secret of Stripe; it is none. */
export const SIGNING_SECRET = 'whsec_benchNotReal00000000000000001';

/** Bytes of every body. */
export const BODY_BYTES = 1_000;

/** What carries an event's number through a server to the partner: the click id. */
export const CLICK_ID = /bench(\d+)z/;

const session = (n: number, name: string) => ({
  id: `cs_live_${name}`,
  object: 'checkout.session',
  amount_subtotal: 4900,
  amount_total: 4900 + (n % 1000),
  client_reference_id: null,
  currency: 'usd',
  customer: `cus_${name}`,
  customer_details: { email: `buyer${n}@example.com`, address: { country: 'US' } },
  invoice: null,
  livemode: true,
  metadata: { click_id: `bench${n}z`, affiliate_id: `aff${n % 50}`, sub1: 'blog', note: '' },
  mode: 'payment',
  payment_intent: `pi_${name}`,
  payment_status: 'paid',
  status: 'complete',
  subscription: null,
});

/** A paid checkout of Stripe, `BODY_BYTES` long, that no other event of the run and of other series repeats. */
function body(n: number, createdAt: number, series: string): string {
  const object = session(n, `bench${series}${String(n).padStart(8, '0')}`);
  const event = {
    id: `evt_bench${series}${n}`,
    object: 'event',
    api_version: '2025-09-30.clover',
    created: createdAt,
    data: { object },
    livemode: true,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: 'checkout.session.completed',
  };
  object.metadata.note = 'x'.repeat(Math.max(0, BODY_BYTES - JSON.stringify(event).length));
  return JSON.stringify(event);
}

/** Signature header of docs.stripe.com/webhooks ("Verify manually"): HMAC-SHA256 over time, dot, body. */
function signature(text: string, seconds: number): string {
  const mac = createHmac('sha256', SIGNING_SECRET).update(`${seconds}.${text}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}

/**
 * Whole HTTP/1.1 requests for the events `from` to `from + count - 1`, made before the clock starts. They are good for
 * five minutes: the signature holds the time. Runs that share a database each need a `series` of their own.
 */
export function sealedRequests(
  account: string,
  from: number,
  count: number,
  series = '',
): readonly Buffer[] {
  const seconds = Math.floor(Date.now() / 1000);
  return Array.from({ length: count }, (_, i) => {
    const text = body(from + i, seconds - 1, series);
    const head = [
      `POST /in/stripe/${account} HTTP/1.1`,
      'host: 127.0.0.1',
      'content-type: application/json; charset=utf-8',
      'user-agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      `stripe-signature: ${signature(text, seconds)}`,
      `content-length: ${Buffer.byteLength(text)}`,
    ];
    return Buffer.from(`${head.join('\r\n')}\r\n\r\n${text}`);
  });
}

/** Whole requests of visitors who follow an affiliate's link; every one is a click of its own. */
export function clickRequests(count: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, i) => {
    const query = `ref=aff${i % 50}&sub1=blog&utm_source=news&placement=hero`;
    const head = [
      `GET /c/${OFFER}?${query} HTTP/1.1`,
      'host: 127.0.0.1',
      'user-agent: Mozilla/5.0 (X11; Linux x86_64)',
      'accept: text/html',
    ];
    return Buffer.from(`${head.join('\r\n')}\r\n\r\n`);
  });
}
