import { timingSafeEqual } from 'node:crypto';
import { hmac, strictHex, type Notification, type RejectionReason } from '#contract';

/** Stripe's own default, here in both directions: its libraries only refuse the past. */
export const TOLERANCE_MS = 300_000;

const MAX_HEADER = 1024;
const MAX_SIGNATURES = 5;
const SIGNATURE_BYTES = 32;

export interface SignatureHeader {
  /** The text between `t=` and the comma: it is signed as text, so it stays text. */
  readonly timestamp: string;
  readonly signatures: readonly Buffer[];
}

/**
 * `t=<epoch s>,v1=<hex>[,v1=…][,v0=…]`: one `t` of digits only, one to five `v1` of 32 bytes. `v0` (the scheme of
 * test tools) and unknown schemes are ignored. `undefined` for anything else, also for two headers joined into one.
 */
export function parseSignatureHeader(header: string): SignatureHeader | undefined {
  if (header.length > MAX_HEADER) return undefined;
  let timestamp: string | undefined;
  const signatures: Buffer[] = [];
  for (const item of header.split(',')) {
    const cut = item.indexOf('=');
    const scheme = item.slice(0, Math.max(cut, 0));
    const value = item.slice(cut + 1);
    if (scheme === 't') {
      if (timestamp !== undefined || !/^\d{1,12}$/.test(value)) return undefined;
      timestamp = value;
    } else if (scheme === 'v1') {
      const bytes = strictHex(value, SIGNATURE_BYTES);
      if (bytes === undefined || signatures.length >= MAX_SIGNATURES) return undefined;
      signatures.push(bytes);
    }
  }
  return timestamp === undefined || signatures.length === 0 ? undefined : { timestamp, signatures };
}

/**
 * Why the signature does not hold, or `undefined` when it does. The secret is used as text, prefix included; every
 * signature is compared, so the time does not tell which one matched. Staleness is only said about authentic bytes.
 * Source: Stripe's page "Verify webhook signatures manually".
 */
export function signatureFault(
  notification: Notification,
  secret: string,
): RejectionReason | undefined {
  const header = notification.headers['stripe-signature'];
  if (header === undefined || header === '') return 'missing-signature';
  const parsed = parseSignatureHeader(header);
  if (!parsed) return 'bad-signature';
  const expected = hmac('sha256', secret, `${parsed.timestamp}.`, notification.body);
  const matches = parsed.signatures.filter((given) => timingSafeEqual(given, expected));
  if (matches.length === 0) return 'bad-signature';
  const skew = Math.abs(notification.receivedAt - Number(parsed.timestamp) * 1000);
  return skew > TOLERANCE_MS ? 'stale' : undefined;
}
