import {
  accept,
  duplicateName,
  formRecord,
  parseForm,
  reject,
  safeEqual,
  type Notification,
  type Parsed,
  type Form,
  type Verdict,
} from '#contract';
import { cverifyV1, cverifyV2 } from './cverify.js';
import type { JvzooCredentials } from './settings.js';

/** One message: which of the two services sent it, and its fields without the hash. */
export interface JvzooPayload {
  readonly version: 1 | 2;
  readonly fields: Readonly<Record<string, string>>;
}

/** v1 names start with `c`, v2 says `transaction_type`. */
const versionOf = (fields: Readonly<Record<string, string>>): 1 | 2 =>
  fields['transaction_type'] !== undefined && fields['ctransaction'] === undefined ? 2 : 1;

function payloadOf(form: Form): JvzooPayload {
  const fields = formRecord(form);
  const { cverify: _hash, ...rest } = fields;
  return { version: versionOf(fields), fields: rest };
}

/** The payload again, from the stored bytes. */
export function reopen(body: Buffer): JvzooPayload {
  const form: Parsed<Form> = parseForm(body);
  return form.ok ? payloadOf(form.value) : { version: 1, fields: {} };
}

/**
 * `cverify`, 32 bits of a SHA-1 with the secret: it shows that the sender knows the secret, not that every field is the
 * sender's own (v1 leaves the names out, v2 most fields). Nothing is a time of signing, so there is no age limit.
 */
export function verify(
  { body, pathToken }: Notification,
  credentials: JvzooCredentials,
): Verdict<JvzooPayload> {
  const { secretKey, pathToken: wanted } = credentials;
  if (wanted !== undefined && !safeEqual(pathToken, wanted)) return reject('bad-token');
  const form = parseForm(body);
  if (!form.ok) return reject(form.fault);
  if (duplicateName(form.value) !== undefined) return reject('duplicate-keys');
  const fields = formRecord(form.value);
  const told = fields['cverify'];
  if (told === undefined || told === '') return reject('missing-signature');
  if (secretKey.length === 0) return reject('bad-signature');
  const payload = payloadOf(form.value);
  const expected =
    payload.version === 2 ? cverifyV2(fields, secretKey) : cverifyV1(form.value, secretKey);
  return safeEqual(told.toUpperCase(), expected)
    ? accept(payload, 'shared-secret')
    : reject('bad-signature');
}
