import {
  parseForm,
  parseFormText,
  parseJson,
  parseXml,
  type Form,
  type Parsed,
  type StoredNotification,
} from '#contract';

/** What `verify` hands to `normalize`: the parsed body (or, for GET, the query) as plain data. */
export interface CrmPayload {
  readonly document: unknown;
}

/**
 * Names a secret may have in a query string (verifier preset `query`). They are left out of the document of a GET
 * notification, so that a secret is never kept with the receipt's payload.
 */
export const QUERY_SECRETS = [
  'secret',
  'api_key',
  'apikey',
  'access_token',
  'auth_token',
  'waybill_key',
] as const;

const queryOnly: ReadonlySet<string> = new Set(QUERY_SECRETS);

/**
 * Flat form fields by their literal names (`deal[id]` stays one name: nothing is nested, so nothing can reach
 * `__proto__`). A repeated name gives the list of its values in order.
 */
function formDocument(form: Form): Readonly<Record<string, string | readonly string[]>> {
  const values = new Map<string, string[]>();
  for (const [name, value] of form) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(
    [...values].map(([name, list]) => [name, list.length === 1 ? (list[0] ?? '') : list]),
  );
}

const asDocument = (form: Parsed<Form>): Parsed<unknown> =>
  form.ok ? { ok: true, value: formDocument(form.value) } : form;

/** Position of the first byte that is neither byte-order mark nor white space. */
function firstByte(body: Buffer): number {
  let at = body.length >= 3 && body.readUIntBE(0, 3) === 0xefbbbf ? 3 : 0;
  while (at < body.length && [0x20, 0x09, 0x0a, 0x0d].includes(body[at] ?? 0)) at += 1;
  return at;
}

/**
 * Content first, declared type second: many senders post JSON as `text/plain` or XML as a form, but no form begins
 * with a brace, a bracket or `<`.
 */
function parseBody(body: Buffer, contentType: string | undefined): Parsed<unknown> {
  if (body.length === 0) return { ok: false, fault: 'empty' };
  const at = firstByte(body);
  const content = body.subarray(at);
  if (content.length === 0) return { ok: false, fault: 'empty' };
  const lead = content[0];
  if (lead === 0x7b || lead === 0x5b) return parseJson(content);
  if (lead === 0x3c) return parseXml(content);
  if (/[/+](?:json|xml)\b/i.test(contentType ?? '')) return { ok: false, fault: 'malformed' };
  return asDocument(parseForm(content));
}

/** The document of a notification, from its query for GET and from its body otherwise. Never throws. */
export function documentOf(stored: StoredNotification): Parsed<unknown> {
  if (stored.method !== 'GET') return parseBody(stored.body, stored.headers['content-type']);
  const form = parseFormText(stored.query);
  if (!form.ok) return form;
  const open = form.value.filter(([name]) => !queryOnly.has(name));
  return open.length > 0 ? asDocument({ ok: true, value: open }) : { ok: false, fault: 'empty' };
}
