import { hmac, safeEqual, strictHex, type Notification, type RejectionReason } from '#contract';

/** Calendly's sample says three minutes; clocks and queues want more. In both directions. */
export const TOLERANCE_MS = 300_000;

interface Header {
  readonly time: string;
  readonly signatures: readonly Buffer[];
}

/** `t=<epoch s>,v1=<hex>`: one time, one to five signatures; undefined for anything else. */
function headerOf(text: string): Header | undefined {
  if (text.length > 1024) return undefined;
  const pairs = text.split(',').map((pair) => pair.trim().split('=', 2));
  const times = pairs.flatMap(([name, value]) => (name === 't' ? [value ?? ''] : []));
  const signatures = pairs.flatMap(([name, value]) =>
    name === 'v1' ? (strictHex(value, 32) ?? []) : [],
  );
  const [time = ''] = times;
  // Two times: a signed old one and a fresh one would both be at hand.
  return times.length === 1 &&
    /^\d{10}$/.test(time) &&
    signatures.length >= 1 &&
    signatures.length <= 5
    ? { time, signatures }
    : undefined;
}

/** Why the signature does not hold: HMAC-SHA256 in hex over time, a dot and the raw body. Source: developer.calendly.com. */
export function signatureFault(of: Notification, signingKey: string): RejectionReason | undefined {
  const text = of.headers['calendly-webhook-signature'] ?? '';
  if (text === '') return 'missing-signature';
  const header = headerOf(text);
  if (!header) return 'bad-signature';
  const wanted = hmac('sha256', signingKey, `${header.time}.`, of.body);
  if (header.signatures.filter((given) => safeEqual(given, wanted)).length === 0)
    return 'bad-signature';
  return Math.abs(of.receivedAt - Number(header.time) * 1000) > TOLERANCE_MS ? 'stale' : undefined;
}
