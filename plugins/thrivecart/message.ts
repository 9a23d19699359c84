import {
  formRecord,
  isRecord,
  parseForm,
  parseJson,
  text,
  type Form,
  type Json,
  type Parsed,
} from '#contract';
import { looksMultipart, parseMultipart } from './multipart.js';

/** Fields by name; nested ones as PHP writes them: `customer[email]`. The secret word is not among them. */
export type Fields = Readonly<Record<string, string>>;

export const SECRET_FIELD = 'thrivecart_secret';

const MAX_FIELDS = 2000;

/** JSON members under the names that a form would give them. */
function flatten(value: Json, name: string, into: [string, string][]): void {
  if (into.length >= MAX_FIELDS) return;
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      flatten(inner as Json, name === '' ? key : `${name}[${key}]`, into);
    }
    return;
  }
  const told = typeof value === 'boolean' ? String(value) : text(value);
  if (told !== undefined) into.push([name, told]);
}

function parseObject(body: Buffer): Parsed<Form> {
  const parsed = parseJson(body);
  if (!parsed.ok) return parsed;
  if (!isRecord(parsed.value)) return { ok: false, fault: 'malformed' };
  const fields: [string, string][] = [];
  flatten(parsed.value as Json, '', fields);
  return fields.length > 0 ? { ok: true, value: fields } : { ok: false, fault: 'empty' };
}

/**
 * Fields of a body in any of the forms ThriveCart posts: url-encoded, multipart, or JSON (event subscriptions). The bytes
 * say which one it is. Of repeated names the first counts.
 */
export function readFields(body: Buffer): Parsed<Fields> {
  const form = looksMultipart(body)
    ? parseMultipart(body)
    : body[0] === 0x7b
      ? parseObject(body)
      : parseForm(body);
  return form.ok ? { ok: true, value: formRecord(form.value) } : form;
}

/** The same without the secret word. */
export const withoutSecret = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => name !== SECRET_FIELD));
