import {
  currencyCode,
  EVENT_TYPES,
  formRecord,
  fromIso,
  identifier,
  isRecord,
  parseForm,
  parseFormText,
  parseJson,
  text,
  type EventType,
  type Notification,
  type Parsed,
  type RejectionReason,
} from '#contract';

/** Everything that was told, checked, by the names of the schema. */
export type Told = Readonly<Record<string, string>>;

type Check = (value: string) => boolean;

const short: Check = (value) => value.length <= 256;
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value);

/** Corrections need the event that they correct, which only this gateway knows. */
export const TYPES: readonly EventType[] = EVENT_TYPES.filter((type) => type !== 'ADJUSTMENT');

const amount: Check = (value) => /^\d{1,15}(?:\.\d{1,4})?$/.test(value);
const currency: Check = (value) => currencyCode(value) !== undefined;

/** Every member that may be told, and what it must look like. */
export const SCHEMA: Readonly<Record<string, Check>> = {
  type: oneOf(...TYPES),
  id: short,
  click_id: short,
  order_id: short,
  parent_order_id: short,
  line: short,
  amount,
  currency,
  payout: amount,
  payout_currency: currency,
  affiliate_id: short,
  ref: short,
  tap_a: short,
  coupon: short,
  campaign_id: short,
  offer_id: short,
  placement: short,
  aff_click_id: short,
  customer_id: short,
  email: (value) => value.length <= 320,
  occurred_at: (value) => fromIso(value) !== undefined,
  test: oneOf('true', 'false', '1', '0'),
  consent: oneOf('granted', 'denied', 'unknown'),
  consent_region: short,
  consent_basis: short,
  ...Object.fromEntries(
    ['source', 'medium', 'campaign', 'term', 'content'].map((name) => [`utm_${name}`, short]),
  ),
  ...Object.fromEntries(Array.from({ length: 10 }, (_unused, n) => [`sub${n + 1}`, short])),
};

/** Texts, numbers and booleans as texts; blanks are nothing. Undefined for anything else. */
function asText(value: unknown): string | null | undefined {
  if (value === null || value === '') return null;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && value.trim() === '') return null;
  return text(value);
}

function checked(members: Readonly<Record<string, unknown>>): Told | undefined {
  const told: Record<string, string> = {};
  for (const name of Object.keys(members)) {
    const check = Object.hasOwn(SCHEMA, name) ? SCHEMA[name] : undefined;
    const value = asText(members[name]);
    if (value === null && check) continue;
    if (!check || value === undefined || value === null || !check(value)) return undefined;
    told[name] = value;
  }
  return told;
}

const jsonMembers = (body: Buffer): Parsed<unknown> => parseJson(body);

/** Content decides, not the media type: a beacon is sent as plain text. */
function membersOf({ method, query, body }: Notification): Parsed<unknown> {
  if (method === 'GET') {
    const form = parseFormText(query);
    return form.ok ? { ok: true, value: { ...formRecord(form.value) } } : form;
  }
  if (/^\s*\{/.test(body.toString('latin1', 0, 64))) return jsonMembers(body);
  const form = parseForm(body);
  return form.ok ? { ok: true, value: { ...formRecord(form.value) } } : form;
}

const COOKIE = /(?:^|;\s*)wb_click=([a-z2-7]{26})(?=;|\s*$)/;

/** The click id of the cookie, where page or form told none. */
function withCookie(told: Told, cookie: string | undefined): Told {
  if (told['type'] === 'CLICK' || identifier(told['click_id']) !== undefined) return told;
  const found = COOKIE.exec(cookie?.slice(0, 8192) ?? '')?.[1];
  return found === undefined ? told : { ...told, click_id: found };
}

const isNamed = (told: Told): boolean =>
  ['id', 'order_id', 'click_id'].some((name) => identifier(told[name]) !== undefined);

export type Read =
  | { readonly ok: true; readonly told: Told }
  | { readonly ok: false; readonly reason: RejectionReason };

/** What a request tells, or why it cannot be read. Anything beyond the schema is refused. */
export function readTold(notification: Notification): Read {
  const members = membersOf(notification);
  if (!members.ok) return { ok: false, reason: members.fault };
  const told = isRecord(members.value) ? checked(members.value) : undefined;
  const whole = told && withCookie(told, notification.headers['cookie']);
  return whole?.['type'] !== undefined && isNamed(whole)
    ? { ok: true, told: whole }
    : { ok: false, reason: 'malformed' };
}
