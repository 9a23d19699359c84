import {
  accept,
  formRecord,
  parseForm,
  reject,
  safeEqual,
  text,
  type Notification,
  type Parsed,
  type Verdict,
} from '#contract';
import type { GumroadCredentials } from './settings.js';

/** Posted fields; nested ones as they stand in the form: `url_params[click_id]`. Of repeated names the first counts. */
export type Fields = Readonly<Record<string, string>>;

function readFields(body: Buffer): Parsed<Fields> {
  const form = parseForm(body);
  return form.ok ? { ok: true, value: { ...formRecord(form.value) } } : form;
}

/** The payload again, from the stored bytes. */
export function reopen(body: Buffer): Fields {
  const fields = readFields(body);
  return fields.ok ? fields.value : {};
}

/**
 * Gumroad signs nothing, so the proof is the secret last segment of the URL. A `seller_id` that names somebody else is
 * refused; a missing one is not, since the secret belongs to one seller.
 */
export function verify(
  { body, pathToken }: Notification,
  credentials: GumroadCredentials,
): Verdict<Fields> {
  const wanted = credentials.pathToken;
  if (wanted.length === 0 || !safeEqual(pathToken, wanted)) return reject('bad-token');
  const fields = readFields(body);
  if (!fields.ok) return reject(fields.fault);
  const seller = text(fields.value['seller_id']);
  if (seller !== undefined && !safeEqual(seller, credentials.sellerId.trim())) {
    return reject('wrong-account');
  }
  return accept(fields.value, 'shared-secret');
}
