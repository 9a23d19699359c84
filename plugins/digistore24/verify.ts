import {
  accept,
  duplicateName,
  parseForm,
  reject,
  safeEqual,
  strictHex,
  type Form,
  type Notification,
  type Verdict,
} from '#contract';
import type { Digistore24Credentials } from './settings.js';
import { isSignField, shaSign, signedReadings } from './sha-sign.js';

/**
 * The signed fields of one IPN message: names in small letters, values exactly as the signature covers them (so with
 * entities resolved where the sender signed them resolved). Empty values are not signed and therefore not here.
 */
export type IpnFields = Readonly<Record<string, string>>;

/** PHP reads `tags[]` as an array, and published receivers leave arrays out of the hash: such a field is never signed. */
const arrayName = (form: Form): boolean => form.some(([name]) => name.endsWith('[]'));

/**
 * Signed fields by small-letter name, so that a message signed in capitals reads like any other. A name sent in small
 * letters wins over its twin in capitals.
 */
function fieldsOf(reading: Form): IpnFields {
  const filled = reading.filter(([, value]) => value !== '');
  const exact = filled.filter(([name]) => name === name.toLowerCase());
  return Object.fromEntries(
    [...filled, ...exact].map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/**
 * Digistore24 IPN: flat form body, `sha_sign` over all filled fields. Only the body counts: the query of the hook URL
 * is not signed. Late repeats are real (about 20 tries in 10 days), so there is no age limit.
 */
export function verify(
  notification: Notification,
  credentials: Digistore24Credentials,
): Verdict<IpnFields> {
  const form = parseForm(notification.body);
  if (!form.ok) return reject(form.fault);
  if (duplicateName(form.value) !== undefined || arrayName(form.value)) {
    return reject('duplicate-keys');
  }
  const posted = form.value.find(([name, value]) => isSignField(name) && value !== '')?.[1];
  if (posted === undefined) return reject('missing-signature');
  const given = strictHex(posted, 64);
  if (given === undefined) return reject('bad-signature');
  for (const reading of signedReadings(form.value)) {
    const expected = strictHex(shaSign(reading, credentials.passphrase), 64);
    if (expected !== undefined && safeEqual(expected, given)) {
      return accept(fieldsOf(reading), 'signed');
    }
  }
  return reject('bad-signature');
}
