import { hmac, safeEqual, strictHex, type Notification, type RejectionReason } from '#contract';

/** Close names no tolerance; ours, in both directions. */
export const TOLERANCE_MS = 300_000;

/**
 * Why the signature does not hold: HMAC-SHA256 over timestamp and body without a separator. The key is the hex-**decoded**
 * signature key. Staleness is only said about authentic bytes. Source: developer.close.com, webhooks.
 */
export function signatureFault(
  of: Notification,
  signatureKey: string,
): RejectionReason | undefined {
  const hash = of.headers['close-sig-hash'] ?? '';
  const time = of.headers['close-sig-timestamp'] ?? '';
  if (hash === '' || time === '') return 'missing-signature';
  const key = strictHex(signatureKey);
  const given = strictHex(hash, 32);
  if (!key || !given || !/^\d{10}$/.test(time)) return 'bad-signature';
  if (!safeEqual(given, hmac('sha256', key, time, of.body))) return 'bad-signature';
  return Math.abs(of.receivedAt - Number(time) * 1000) > TOLERANCE_MS ? 'stale' : undefined;
}
