import { hmac, strictBase64 } from '#contract';

const PREFIX = 'whsec_';
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** Key bytes of `whsec_` + base64, or undefined. Standard Webhooks asks for 24 to 64 bytes. */
export function keyOf(secret: string): Buffer | undefined {
  if (!secret.startsWith(PREFIX)) return undefined;
  const key = strictBase64(secret.slice(PREFIX.length));
  return key && key.length >= MIN_BYTES && key.length <= MAX_BYTES ? key : undefined;
}

/** What a signature covers beside the keys. `now`: epoch milliseconds of this attempt. */
export interface Signed {
  readonly id: string;
  readonly now: number;
}

const seconds = (now: number): string => String(Math.floor(now / 1000));

/**
 * Headers of Standard Webhooks 1.0 over the exact body: `webhook-id` stays the same on every attempt, the time is
 * that of the attempt, and each key gives one `v1` signature, newest first.
 */
export function signatureHeaders(
  keys: readonly Buffer[],
  body: string,
  { id, now }: Signed,
): Readonly<Record<string, string>> {
  const at = seconds(now);
  const signatures = keys.map(
    (key) => `v1,${hmac('sha256', key, `${id}.${at}.${body}`).toString('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures.join(' ') };
}

export const TIMESTAMP_PARAMETER = 'ts';

/**
 * The URL with `ts=<unix seconds>` and the signature as its last parameter: hex HMAC-SHA256 with the newest key over
 * the query exactly as sent, from behind `?` up to the `&` before the signature.
 */
export function signedUrl(url: string, parameter: string, key: Buffer, now: number): string {
  const stamped = `${url}${url.includes('?') ? '&' : '?'}${TIMESTAMP_PARAMETER}=${seconds(now)}`;
  const query = stamped.slice(stamped.indexOf('?') + 1);
  return `${stamped}&${parameter}=${hmac('sha256', key, query).toString('hex')}`;
}
