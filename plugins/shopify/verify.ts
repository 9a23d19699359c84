import {
  accept,
  hmac,
  isRecord,
  parseJson,
  reject,
  safeEqual,
  strictBase64,
  type Json,
  type Notification,
  type Verdict,
} from '#contract';
import type { ShopifyCredentials } from './settings.js';

/** The topic of the header, which nobody signed, and the signed body. */
export interface ShopifyPayload {
  readonly topic: string;
  readonly object: Json;
}

type Headers = Notification['headers'];

/** Newer messages carry header names without the `x-` too. */
export const headerOf = (headers: Headers, name: string): string | undefined =>
  headers[`x-shopify-${name}`] ?? headers[`shopify-${name}`];

/**
 * `X-Shopify-Hmac-Sha256`: base64 HMAC-SHA256 of the raw body, keyed with the secret as text. Topic, shop and ids stand
 * in headers and are not signed: `normalize` therefore asks the body whether it is what the topic says.
 */
export function verify(
  { headers, body }: Notification,
  { secret, shopDomain }: ShopifyCredentials,
): Verdict<ShopifyPayload> {
  const told = headerOf(headers, 'hmac-sha256');
  if (told === undefined || told === '') return reject('missing-signature');
  const given = strictBase64(told, 32);
  if (!given || secret.length === 0) return reject('bad-signature');
  if (!safeEqual(given, hmac('sha256', secret, body))) return reject('bad-signature');
  if (shopDomain !== undefined && headerOf(headers, 'shop-domain') !== shopDomain) {
    return reject('wrong-account');
  }
  const parsed = parseJson(body);
  if (!parsed.ok) return reject(parsed.fault);
  const topic = headerOf(headers, 'topic');
  const isMessage = topic !== undefined && topic !== '' && isRecord(parsed.value);
  return isMessage ? accept({ topic, object: parsed.value }, 'signed') : reject('malformed');
}

/** The payload again, from the body and the kept topic. */
export function reopen({ headers, body }: Pick<Notification, 'headers' | 'body'>): ShopifyPayload {
  const parsed = parseJson(body);
  return { topic: headerOf(headers, 'topic') ?? '', object: parsed.ok ? parsed.value : null };
}
