import { createHash } from 'node:crypto';
import { formRecord, safeEqual, type Form } from '#contract';

/** Version 1 hashed these fields in this order, whatever else was posted. */
const V1_FIELDS = [
  'ccustname',
  'ccustemail',
  'ccustcc',
  'ccuststate',
  'ctransreceipt',
  'cproditem',
  'ctransaction',
  'ctransaffiliate',
  'ctranspublisher',
  'cprodtype',
  'cprodtitle',
  'ctranspaymentmethod',
  'ctransamount',
  'caffitid',
  'cvendthru',
];

const digest = (values: readonly string[]): string =>
  createHash('sha1').update(values.join('|'), 'utf8').digest('hex').slice(0, 8).toUpperCase();

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Versions 2 to 5: the values of all fields but `cverify`, sorted by name in byte order, then the secret. */
export function cverifySorted(form: Form, secret: string): string {
  const signed = form.filter(([name]) => name !== 'cverify').sort(byName);
  return digest([...signed.map(([, value]) => value), secret]);
}

/** Version 1: fifteen fields in a fixed order, absent ones empty, then the secret. */
export function cverifyV1(form: Form, secret: string): string {
  const fields = formRecord(form);
  return digest([...V1_FIELDS.map((name) => fields[name] ?? ''), secret]);
}

export type LegacyVerdict =
  | { readonly ok: true; readonly fields: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly reason: 'missing-signature' | 'bad-signature' };

/**
 * Checks a posted form without repeated names. `fields` are those that the hash covers. Values are hashed as decoded
 * from the form, blanks at their ends included. Both ways are always computed. Source: ClickBank's support page on
 * INS versions 1–5.
 */
export function checkCverify(form: Form, secret: string): LegacyVerdict {
  const all = formRecord(form);
  const given = all['cverify'];
  if (given === undefined) return { ok: false, reason: 'missing-signature' };
  const claimed = given.toUpperCase();
  const bySort = safeEqual(claimed, cverifySorted(form, secret));
  const byOrder = safeEqual(claimed, cverifyV1(form, secret));
  const version = Number.parseInt(all['cnoticeversion'] ?? '1', 10);
  if (bySort) {
    const { cverify: _, ...fields } = all;
    return { ok: true, fields };
  }
  if (!byOrder || version !== 1) return { ok: false, reason: 'bad-signature' };
  return { ok: true, fields: Object.fromEntries(V1_FIELDS.map((name) => [name, all[name] ?? ''])) };
}
