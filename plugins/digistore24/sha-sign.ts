import { createHash } from 'node:crypto';
import type { Form } from '#contract';
import { decodeEntities } from './entities.js';

/** PHP's `strtoupper` on a field name: ASCII letters only, so that `ß` does not become `SS`. */
const upperAscii = (name: string): string =>
  name.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 32));

/** The fields that carry the signature itself, in any case. */
export const isSignField = (name: string): boolean => /^(?:sha_sign|shasign)$/i.test(name);

const sortedByBytes = (form: Form): Form =>
  form
    .map((field) => ({ field, bytes: Buffer.from(field[0], 'utf8') }))
    .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ field }) => field);

/**
 * `sha_sign` of Digistore24's generic IPN (vendor's PHP sample `digistore_signature`): signature fields and empty
 * values dropped, names sorted by bytes, `name=value` with the passphrase after **each** pair, SHA-512, upper-case hex.
 * `undefined` when nothing is left to sign: the hash of the empty text holds no secret, so it would prove nothing.
 */
export function shaSign(form: Form, passphrase: string): string | undefined {
  const signed = form.filter(([name, value]) => value !== '' && !isSignField(name));
  if (signed.length === 0 || passphrase === '') return undefined;
  const text = sortedByBytes(signed)
    .map(([name, value]) => `${name}=${value}${passphrase}`)
    .join('');
  return createHash('sha512').update(text, 'utf8').digest('hex').toUpperCase();
}

const withNames = (form: Form, change: (name: string) => string): Form =>
  form.map(([name, value]) => [change(name), value] as const);

const withValues = (form: Form, change: (value: string) => string): Form =>
  form.map(([name, value]) => [name, change(value)] as const);

const unique = (form: Form): boolean => new Set(form.map(([name]) => name)).size === form.length;

/**
 * The readings of a message that a real signature may cover, likeliest first: names as sent or in capitals (upper-cased
 * **before** sorting), values as sent or with HTML entities resolved. Both are switches of the vendor's sample. Names
 * that fall together in capitals have no capital reading: which of two values was meant would be a guess.
 */
export function signedReadings(form: Form): readonly Form[] {
  const posted = form.filter(([name]) => !isSignField(name));
  const decoded = withValues(posted, decodeEntities);
  const differ = decoded.some(([, value], at) => value !== posted[at]?.[1]);
  const byValue = differ ? [posted, decoded] : [posted];
  const inCapitals = byValue.map((one) => withNames(one, upperAscii)).filter(unique);
  return [...byValue, ...inCapitals];
}
