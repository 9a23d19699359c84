import {
  formRecord,
  parseFormText,
  safeEqual,
  strictBase64,
  type Notification,
  type RejectionReason,
} from '#contract';

/** Undefined when the given text is the expected one, compared in constant time. */
export function textFault(
  given: string | undefined,
  expected: string,
): RejectionReason | undefined {
  if (given === undefined || given === '') return 'missing-signature';
  return safeEqual(given, expected) ? undefined : 'bad-token';
}

/** The part after the scheme word of an `Authorization` header (RFC 9110 §11.6.2); undefined when it is another scheme. */
function authorization(of: Notification, scheme: string): string | undefined {
  const header = of.headers['authorization'] ?? '';
  const cut = header.indexOf(' ');
  return header.slice(0, Math.max(cut, 0)).toLowerCase() === scheme
    ? header.slice(cut + 1).trim()
    : undefined;
}

/** RFC 7617: base64 of `user:password`; both are compared as one text. */
export function basicFault(
  of: Notification,
  username: string,
  password: string,
): RejectionReason | undefined {
  const given = authorization(of, 'basic');
  if (given === undefined) return 'missing-signature';
  const pair = strictBase64(given);
  return pair && safeEqual(pair, Buffer.from(`${username}:${password}`)) ? undefined : 'bad-token';
}

/** RFC 6750 §2.1. */
export const bearerFault = (of: Notification, secret: string): RejectionReason | undefined =>
  textFault(authorization(of, 'bearer'), secret);

export const headerFault = (
  of: Notification,
  name: string,
  secret: string,
): RejectionReason | undefined => textFault(of.headers[name.toLowerCase()], secret);

/** Names whose value may be a business field of a GET (a coupon `code`): there they cannot be the secret. */
const NOT_FOR_GET: ReadonlySet<string> = new Set(['code', 'key', 'token']);

export function queryFault(
  of: Notification,
  name: string,
  secret: string,
): RejectionReason | undefined {
  if (of.method === 'GET' && NOT_FOR_GET.has(name)) return 'missing-signature';
  const form = parseFormText(of.query);
  return textFault(form.ok ? formRecord(form.value)[name] : undefined, secret);
}
