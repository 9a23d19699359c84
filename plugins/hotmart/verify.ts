import {
  accept,
  isRecord,
  parseJson,
  reject,
  safeEqual,
  textAt,
  type Json,
  type Notification,
  type Parsed,
  type Verdict,
} from '#contract';
import type { HotmartCredentials } from './settings.js';

/** The message without the token that version 1 carries inside. */
function readMessage(body: Buffer): Parsed<Json> {
  const parsed = parseJson(body);
  if (!parsed.ok) return parsed;
  if (!isRecord(parsed.value)) return { ok: false, fault: 'malformed' };
  const { hottok: _secret, ...rest } = parsed.value as Readonly<Record<string, Json>>;
  return { ok: true, value: rest };
}

/** The payload again, from the stored bytes. */
export function reopen(body: Buffer): Json {
  const message = readMessage(body);
  return message.ok ? message.value : null;
}

/**
 * The hottok travels in every message, in the header `X-HOTMART-HOTTOK` (version 2) or in the body (version 1), and
 * nothing is hashed: it shows that the sender knows the token, not that the message is his.
 */
export function verify(
  { headers, body }: Notification,
  { hottok }: HotmartCredentials,
): Verdict<Json> {
  const parsed = parseJson(body);
  const told =
    headers['x-hotmart-hottok'] ?? (parsed.ok ? (textAt(parsed.value, 'hottok') ?? '') : '');
  if (told === '') return reject(parsed.ok ? 'missing-signature' : parsed.fault);
  if (hottok.length === 0 || !safeEqual(told, hottok)) return reject('bad-token');
  const message = readMessage(body);
  return message.ok ? accept(message.value, 'shared-secret') : reject(message.fault);
}
