import { timingSafeEqual } from 'node:crypto';
import { hmac, strictHex, type Notification, type RejectionReason } from '#contract';

/** Paddle's libraries allow five seconds; a gateway behind a queue or with a slow clock needs more, both ways. */
export const TOLERANCE_MS = 300_000;

const MAX_HEADER = 1024;
const MAX_SIGNATURES = 5;
const SIGNATURE_BYTES = 32;

export interface SignatureHeader {
  /** Signed as text, so it stays text. */
  readonly timestamp: string;
  readonly signatures: readonly Buffer[];
}

/**
 * `ts=<epoch s>;h1=<hex>[;h1=…]`: one `ts`, one to five `h1` of 32 bytes (two while a secret is replaced). Unknown
 * keys are ignored. `undefined` for anything else, also for two headers joined into one.
 */
export function parseSignatureHeader(header: string): SignatureHeader | undefined {
  if (header.length > MAX_HEADER) return undefined;
  let timestamp: string | undefined;
  const signatures: Buffer[] = [];
  for (const item of header.split(';')) {
    const cut = item.indexOf('=');
    const name = item.slice(0, Math.max(cut, 0)).trim();
    const value = item.slice(cut + 1).trim();
    if (name === 'ts') {
      if (timestamp !== undefined || !/^\d{1,12}$/.test(value)) return undefined;
      timestamp = value;
    } else if (name === 'h1') {
      const bytes = strictHex(value, SIGNATURE_BYTES);
      if (bytes === undefined || signatures.length >= MAX_SIGNATURES) return undefined;
      signatures.push(bytes);
    }
  }
  return timestamp === undefined || signatures.length === 0 ? undefined : { timestamp, signatures };
}

/**
 * Why the signature does not hold, or `undefined` when it does: HMAC-SHA256 with the secret key as text over the
 * timestamp, a colon and the raw body; any `h1` may match. Staleness is only said about authentic bytes. Source:
 * Paddle's own libraries.
 */
export function signatureFault(
  notification: Notification,
  secretKey: string,
): RejectionReason | undefined {
  const header = notification.headers['paddle-signature'];
  if (header === undefined || header === '') return 'missing-signature';
  const parsed = parseSignatureHeader(header);
  if (!parsed || secretKey.length === 0) return 'bad-signature';
  const expected = hmac('sha256', secretKey, `${parsed.timestamp}:`, notification.body);
  const matches = parsed.signatures.filter((given) => timingSafeEqual(given, expected));
  if (matches.length === 0) return 'bad-signature';
  const skew = Math.abs(notification.receivedAt - Number(parsed.timestamp) * 1000);
  return skew > TOLERANCE_MS ? 'stale' : undefined;
}
