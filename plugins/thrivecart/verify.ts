import {
  accept,
  reject,
  safeEqual,
  type Acknowledgement,
  type Notification,
  type Verdict,
} from '#contract';
import { readFields, SECRET_FIELD, withoutSecret, type Fields } from './message.js';
import type { ThriveCartCredentials } from './settings.js';

export const OK: Acknowledgement = {
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'OK',
};

/** Saving the URL sends a HEAD (some accounts a GET, or a POST without a body) that must be answered with 2xx. */
export const probe = ({ method, body }: Notification): Acknowledgement | undefined =>
  method === 'HEAD' || method === 'GET' || body.length === 0 ? OK : undefined;

/** The payload again, from the stored bytes. */
export function reopen(body: Buffer): Fields {
  const fields = readFields(body);
  return fields.ok ? withoutSecret(fields.value) : {};
}

/**
 * The secret word travels in every message and nothing is hashed: it shows that the sender knows the word, not that the
 * fields are his. The word is taken out before anything else sees the fields.
 */
export function verify(
  { body, pathToken }: Notification,
  credentials: ThriveCartCredentials,
): Verdict<Fields> {
  const { secret, pathToken: wanted } = credentials;
  if (wanted !== undefined && !safeEqual(pathToken, wanted)) return reject('bad-token');
  const fields = readFields(body);
  if (!fields.ok) return reject(fields.fault);
  const told = fields.value[SECRET_FIELD] ?? '';
  if (told === '') return reject('missing-signature');
  return secret.length > 0 && safeEqual(told, secret)
    ? accept(withoutSecret(fields.value), 'shared-secret')
    : reject('bad-token');
}
