import { isRecord, listAt, parseJson, pick, text, textAt, type HttpResponse } from '#contract';

/** The API's answer taken out of its envelope; errors ride in HTTP 200. */
export type Envelope =
  | { readonly kind: 'done'; readonly data: unknown }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'unreadable' };

/** Every wording of an error that the envelope may hold, in one line of at most 300 characters. */
function messageOf(response: unknown): string {
  const listed = listAt(response, 'errors').map(
    (item) => textAt(item, 'publicMessage') ?? textAt(item, 'err_msg') ?? text(item),
  );
  // One error may come as an object instead of a list of one.
  const single = textAt(response, 'errors.publicMessage') ?? textAt(response, 'errors.err_msg');
  const said = [textAt(response, 'errorMessage'), single, ...listed];
  return [...new Set(said.filter((item) => item !== undefined))].join('; ').slice(0, 300);
}

/** Reads `{"response":{"status":1|-1,…}}`; numbers may come as texts. Never throws. */
export function readEnvelope(response: HttpResponse): Envelope {
  const parsed = parseJson(Buffer.from(response.body, 'utf8'));
  const inner = parsed.ok ? pick(parsed.value, 'response') : undefined;
  const status = textAt(inner, 'status');
  const message = messageOf(inner);
  if (!isRecord(inner) || status === undefined) return { kind: 'unreadable' };
  if (status === '1') return { kind: 'done', data: inner['data'] };
  return { kind: 'error', message: message === '' ? `status ${status}` : message };
}

/** One conversion as the API lists it. */
export interface Row {
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The conversion's own fields and those that are kept beside it. */
function rowOf(data: Readonly<Record<string, unknown>>): Row | undefined {
  const { Conversion: inner = data, ConversionsMobile: beside } = data;
  if (!isRecord(inner)) return undefined;
  const id = textAt(inner, 'tune_event_id') ?? textAt(inner, 'id');
  return id === undefined
    ? undefined
    : { id, fields: { ...(isRecord(beside) ? beside : {}), ...inner } };
}

/**
 * Conversions in the data of `findAll`, whatever nests them: a list, a map by id, each plain or under the name
 * `Conversion`, pages inside `data`. The old `id` is deprecated in favour of `tune_event_id`.
 */
export function rowsOf(data: unknown, depth = 0): readonly Row[] {
  if (depth > 4 || typeof data !== 'object' || data === null) return [];
  const own = isRecord(data) ? rowOf(data) : undefined;
  return own ? [own] : Object.values(data).flatMap((item) => rowsOf(item, depth + 1));
}
