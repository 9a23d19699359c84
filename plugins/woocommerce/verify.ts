import {
  accept,
  hmac,
  isRecord,
  parseJson,
  reject,
  safeEqual,
  strictBase64,
  type Acknowledgement,
  type Json,
  type Notification,
  type Verdict,
} from '#contract';
import type { WooCommerceCredentials } from './settings.js';

/** The topic of the header, which nobody signed, and the signed body. */
export interface WooPayload {
  readonly topic: string;
  readonly object: Json;
}

type Stored = Pick<Notification, 'headers' | 'body'>;

const PING = /^webhook_id=\d{1,20}$/;
const LONGEST_PING = 40;

/**
 * Saving a webhook sends a ping: a form body `webhook_id=<number>` without a signature. It must be answered with 200, or
 * WooCommerce keeps pinging and calls the webhook broken. It says nothing, so nothing is done.
 */
export function probe({ headers, body }: Notification): Acknowledgement | undefined {
  const isPing =
    headers['x-wc-webhook-signature'] === undefined &&
    body.length <= LONGEST_PING &&
    PING.test(body.toString('latin1'));
  return isPing ? { status: 200, body: 'OK' } : undefined;
}

/**
 * `X-WC-Webhook-Signature`: base64 HMAC-SHA256 of the raw body, keyed with the secret as text. The topic stands in a
 * header and is not signed: `normalize` therefore asks the body whether it is what the topic says.
 */
export function verify(
  { headers, body }: Notification,
  { secret }: WooCommerceCredentials,
): Verdict<WooPayload> {
  const told = headers['x-wc-webhook-signature'];
  if (told === undefined || told === '') return reject('missing-signature');
  const given = strictBase64(told, 32);
  if (!given || secret.length === 0) return reject('bad-signature');
  if (!safeEqual(given, hmac('sha256', secret, body))) return reject('bad-signature');
  const parsed = parseJson(body);
  if (!parsed.ok) return reject(parsed.fault);
  const topic = headers['x-wc-webhook-topic'] ?? '';
  const isMessage = topic !== '' && isRecord(parsed.value);
  return isMessage ? accept({ topic, object: parsed.value }, 'signed') : reject('malformed');
}

/** The payload again, from the body and the kept topic. */
export function reopen({ headers, body }: Stored): WooPayload {
  const parsed = parseJson(body);
  return {
    topic: headers['x-wc-webhook-topic'] ?? '',
    object: parsed.ok ? parsed.value : null,
  };
}
