import { verify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  fromIso,
  strictBase64,
  type HttpResponse,
  type Notification,
  type RejectionReason,
} from '#contract';
import { environmentOf, publicKeyOf } from './certificate.js';
import type { PayPalCredentials } from './settings.js';

/** PayPal repeats a message for up to three days; a day more for slow clocks and queues. */
export const OLDEST_MS = 4 * 86_400_000;
/** How far the sender's clock may run ahead. */
export const AHEAD_MS = 300_000;

const MAX_HEADER = 1024;
/** Longest RSA signature taken: 8192 bits. */
const MAX_SIGNATURE = 1024;

interface Headers {
  readonly id: string;
  readonly time: string;
  readonly signature: Buffer;
}

/** The three headers that are signed or sign; undefined when one is missing or ill-formed. */
function headersOf({ headers }: Notification): Headers | undefined {
  const id = headers['paypal-transmission-id'] ?? '';
  const time = headers['paypal-transmission-time'] ?? '';
  const signature = strictBase64(headers['paypal-transmission-sig']);
  const fits = [id, time].every((part) => part.length <= MAX_HEADER && /^[^|\s]+$/.test(part));
  if (!fits || signature === undefined || signature.length > MAX_SIGNATURE) return undefined;
  return { id, time, signature };
}

function isAge(time: string, now: number): boolean {
  const age = now - Date.parse(fromIso(time) ?? '');
  return age <= OLDEST_MS && age >= -AHEAD_MS;
}

const NEEDED = ['id', 'time', 'sig'].map((part) => `paypal-transmission-${part}`);

/**
 * Why the signature does not hold, or `undefined` when it does: SHA256withRSA over
 * `<transmission id>|<transmission time>|<webhook id>|<CRC-32 of the raw body, decimal>`. Source: PayPal's own SDKs.
 * The webhook id is ours, so a message for somebody else's webhook does not verify.
 */
export function signatureFault(
  notification: Notification,
  { webhookId, environment }: PayPalCredentials,
  materials: readonly HttpResponse[],
): RejectionReason | undefined {
  const { headers, body, receivedAt } = notification;
  const names = [...NEEDED, 'paypal-cert-url', 'paypal-auth-algo'];
  if (names.some((name) => (headers[name] ?? '') === '')) return 'missing-signature';
  if (headers['paypal-auth-algo']?.toLowerCase() !== 'sha256withrsa') return 'bad-signature';
  if (environmentOf(headers['paypal-cert-url']) !== environment) return 'bad-signature';
  const told = headersOf(notification);
  const key = publicKeyOf(materials[0], receivedAt);
  if (!told || !key) return 'bad-signature';
  const text = `${told.id}|${told.time}|${webhookId}|${crc32(body)}`;
  if (!verify('sha256', Buffer.from(text, 'utf8'), key, told.signature)) return 'bad-signature';
  return isAge(told.time, receivedAt) ? undefined : 'stale';
}
