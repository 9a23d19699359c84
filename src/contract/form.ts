import { isUtf8 } from 'node:buffer';
import type { Parsed } from './json.js';

/** Flat, ordered fields of a form body or a query string. Brackets in names stay literal. */
export type Form = readonly (readonly [name: string, value: string])[];

export const MAX_FIELDS = 500;

const percent = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
};

/** `application/x-www-form-urlencoded` text to flat fields; strict percent-encoding, at most 500 fields. Never throws. */
export function parseFormText(text: string): Parsed<Form> {
  if (text === '') return { ok: false, fault: 'empty' };
  const pairs = text.split('&');
  if (pairs.length > MAX_FIELDS) return { ok: false, fault: 'too-deep' };
  const form: [string, string][] = [];
  for (const pair of pairs) {
    if (pair === '') continue;
    const cut = pair.indexOf('=');
    const name = percent(cut < 0 ? pair : pair.slice(0, cut));
    const value = cut < 0 ? '' : percent(pair.slice(cut + 1));
    if (name === undefined || value === undefined) return { ok: false, fault: 'malformed' };
    form.push([name, value]);
  }
  return form.length === 0 ? { ok: false, fault: 'empty' } : { ok: true, value: form };
}

/** The same from raw bytes: strict UTF-8. */
export function parseForm(body: Buffer): Parsed<Form> {
  if (body.length === 0) return { ok: false, fault: 'empty' };
  if (!isUtf8(body)) return { ok: false, fault: 'malformed' };
  return parseFormText(body.toString('utf8'));
}

/** The first name that stands twice, or undefined. Networks that sign flat fields must not send one. */
export function duplicateName(form: Form): string | undefined {
  const seen = new Set<string>();
  for (const [name] of form) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

/** Fields as a record; of repeated names the first wins. The record has no prototype, so `__proto__` is a plain name. */
export function formRecord(form: Form): Readonly<Record<string, string>> {
  const record = Object.create(null) as Record<string, string>;
  for (const [name, value] of form) if (!(name in record)) record[name] = value;
  return record;
}
