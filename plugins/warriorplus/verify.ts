import {
  accept,
  duplicateName,
  formRecord,
  parseForm,
  reject,
  safeEqual,
  type Notification,
  type Verdict,
} from '#contract';
import type { WarriorPlusCredentials } from './settings.js';

/** The posted fields without the security key. */
export type Fields = Readonly<Record<string, string>>;

const KEY_FIELD = 'WP_SECURITYKEY';

const withoutKey = (all: Fields): Fields =>
  Object.fromEntries(Object.entries(all).filter(([name]) => name !== KEY_FIELD));

/** The payload again, from the stored bytes. */
export function reopen(body: Buffer): Fields {
  const form = parseForm(body);
  return form.ok ? withoutKey(formRecord(form.value)) : {};
}

/**
 * The key travels in every message and nothing is hashed: it shows that the sender knows the key, not that the fields
 * are his. The key is taken out before anything else sees the fields.
 */
export function verify(
  { body, pathToken }: Notification,
  credentials: WarriorPlusCredentials,
): Verdict<Fields> {
  const { securityKey, pathToken: wanted } = credentials;
  if (wanted !== undefined && !safeEqual(pathToken, wanted)) return reject('bad-token');
  const form = parseForm(body);
  if (!form.ok) return reject(form.fault);
  if (duplicateName(form.value) !== undefined) return reject('duplicate-keys');
  const all = formRecord(form.value);
  const told = all[KEY_FIELD] ?? '';
  if (told === '') return reject('missing-signature');
  return securityKey.length > 0 && safeEqual(told, securityKey)
    ? accept(withoutKey(all), 'shared-secret')
    : reject('bad-token');
}
