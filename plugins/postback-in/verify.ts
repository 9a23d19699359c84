import {
  accept,
  formRecord,
  isRecord,
  parseForm,
  parseFormText,
  parseJson,
  reject,
  safeEqual,
  text,
  type Form,
  type Notification,
  type Parsed,
  type Verdict,
} from '#contract';
import type { Texts } from './parameters.js';
import type { PostbackInCredentials } from './settings.js';

/** Names under which the token may stand in the query; what they hold is never kept. */
const TOKEN = ['token', 'security_token', 'secret', 'key'];
const MAX_VALUE = 1024;

const EMPTY: Parsed<Form> = { ok: true, value: [] };

const lower = (form: Form): Texts =>
  formRecord(form.map(([name, value]) => [name.toLowerCase(), value.trim().slice(0, MAX_VALUE)]));

/** Flat members of a JSON object; nested ones say nothing here. */
function jsonForm(body: Buffer): Parsed<Form> {
  const parsed = parseJson(body);
  if (!parsed.ok) return parsed;
  if (!isRecord(parsed.value)) return { ok: false, fault: 'malformed' };
  const pairs = Object.entries(parsed.value).flatMap(([name, value]) => {
    const told = typeof value === 'boolean' ? String(value) : text(value);
    return told === undefined ? [] : [[name, told] as const];
  });
  return { ok: true, value: pairs };
}

function bodyForm(body: Buffer): Parsed<Form> {
  if (body.length === 0) return EMPTY;
  return /^\s*\{/.test(body.toString('latin1', 0, 64)) ? jsonForm(body) : parseForm(body);
}

/** What was posted lies over what stands in the URL. */
export function verify(
  notification: Notification,
  { token }: PostbackInCredentials,
): Verdict<Texts> {
  const { query, body, pathToken, headers } = notification;
  const inUrl = query === '' ? EMPTY : parseFormText(query);
  const told = inUrl.ok ? lower(inUrl.value) : {};
  const name = TOKEN.find((one) => Object.hasOwn(told, one));
  const given = pathToken || headers['x-postback-token'] || (name === undefined ? '' : told[name]);
  if (given === undefined || given === '' || !safeEqual(given, token)) return reject('bad-token');
  if (!inUrl.ok) return reject(inUrl.fault);
  const posted = bodyForm(body);
  if (!posted.ok) return reject(posted.fault);
  const all = { ...told, ...lower(posted.value) };
  const kept = Object.fromEntries(
    Object.entries(all).filter(([one, value]) => !TOKEN.includes(one) && value !== ''),
  );
  return Object.keys(kept).length === 0 ? reject('empty') : accept(kept, 'shared-secret');
}
