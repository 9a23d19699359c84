import { isRecord, listAt, parseJson, pick, text, textAt, type HttpResponse } from '#contract';
import type { Commission, Known } from './ids.js';
import { hasTag, isRebillComment } from './names.js';

type Body = Readonly<Record<string, unknown>>;

/** The JSON of an answer; undefined for an empty, HTML or otherwise unreadable body. */
export function bodyOf(response: HttpResponse): unknown {
  const parsed = parseJson(Buffer.from(response.body, 'utf8'));
  return parsed.ok ? parsed.value : undefined;
}

/** The object of an answer that is one object, or a list that starts with one. */
export function objectOf(response: HttpResponse): Body | undefined {
  const body = bodyOf(response);
  const first: unknown = Array.isArray(body) ? body[0] : body;
  return isRecord(first) ? first : undefined;
}

/** Every object of an answer that is a list, or a single object. */
export function objectsOf(response: HttpResponse): readonly Body[] | undefined {
  const body = bodyOf(response);
  if (Array.isArray(body)) return body.filter(isRecord);
  return isRecord(body) ? [body] : undefined;
}

/** A page instead of data: login wall, "page not found", a proxy's error. */
export const isHtml = (response: HttpResponse): boolean =>
  /^\s*</.test(response.body) || /\bhtml\b/i.test(response.headers['content-type'] ?? '');

/**
 * What Tapfiliate says went wrong, in one line of at most 300 characters. Clients read `message`, `error` and
 * `errors`; errors are texts, or objects with a message.
 */
export function messageOf(response: HttpResponse): string {
  const body = objectOf(response);
  const listed = listAt(body, 'errors').map((item) => text(item) ?? textAt(item, 'message'));
  const mapped = isRecord(body?.['errors']) ? Object.values(body['errors']).flat().map(text) : [];
  const said = [textAt(body, 'message'), textAt(body, 'error'), ...listed, ...mapped];
  const joined = said.filter((item) => item !== undefined).join('; ');
  return (joined === '' ? (isHtml(response) ? 'an HTML page' : '') : joined).slice(0, 300);
}

/** An empty PHP map arrives as `[]`, an empty list may arrive as `{}`. */
const isEmpty = (value: unknown): boolean =>
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0);

function commission(item: unknown, fallbackCurrency: string | undefined): Commission | undefined {
  const id = textAt(item, 'id');
  if (id === undefined) return undefined;
  const amount = textAt(item, 'amount');
  return {
    id,
    amount: amount !== undefined && /^\d+(\.\d+)?$/.test(amount) ? amount : undefined,
    currency: textAt(item, 'currency') ?? fallbackCurrency,
  };
}

/** `undefined`: the answer does not speak of commissions. */
function rawCommissions(conversion: Body): readonly unknown[] | undefined {
  const raw = conversion['commissions'];
  if (raw === undefined || raw === null) return undefined;
  if (Array.isArray(raw)) return raw;
  return isRecord(raw) ? Object.values(raw) : undefined;
}

const commentOf = (item: unknown): string => textAt(item, 'comment') ?? '';

/**
 * Ids of a conversion and its commissions. With a `tag` only the commissions of that rebill, else all that are
 * no rebill's.
 */
export function knownOf(conversion: Body, tag?: string): Known {
  const currency = textAt(conversion, 'program.currency');
  const mine = (rawCommissions(conversion) ?? []).filter((item) =>
    tag === undefined ? !isRebillComment(commentOf(item)) : hasTag(commentOf(item), tag),
  );
  return {
    conversionId: textAt(conversion, 'id'),
    commissions: mine.map((item) => commission(item, currency)).filter((c) => c !== undefined),
  };
}

/** Commissions of an answer that is a list of them (`POST /conversions/{id}/commissions/`). */
export const commissionsOf = (items: readonly Body[]): readonly Commission[] =>
  items.map((item) => commission(item, undefined)).filter((c) => c !== undefined);

/** Whether an affiliate earns from it: a 2xx with no affiliate or no commission is recorded, not attributed. */
export function attributedOf(conversion: Body): 'yes' | 'no' | 'unknown' {
  if (conversion['affiliate'] === null || isEmpty(conversion['commissions'])) return 'no';
  return rawCommissions(conversion) === undefined ? 'unknown' : 'yes';
}

/** Tapfiliate's remarks about a conversion it took, as one line. */
export function warningsOf(conversion: Body): string | undefined {
  const raw = pick(conversion, 'warnings');
  if (raw === undefined || raw === null || isEmpty(raw)) return undefined;
  return `warnings: ${text(raw) ?? JSON.stringify(raw)}`.slice(0, 300);
}
