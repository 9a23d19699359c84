import type { HttpRequest } from '#contract';
import type { TapfiliateSettings } from './settings.js';

/** Tapfiliate REST API 1.6 (tapfiliate.com/docs/rest). */
export const DEFAULT_BASE = 'https://api.tapfiliate.com/1.6/';

/** A number written by us digit by digit: money must not pass through a float. */
export class Digits {
  constructor(readonly digits: string) {}
}

export type Field = string | boolean | Digits | Readonly<Record<string, string>> | undefined;

/** A flat JSON object; undefined members are left out. */
export function jsonText(fields: Readonly<Record<string, Field>>): string {
  const members = Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [
      `${JSON.stringify(name)}:${value instanceof Digits ? value.digits : JSON.stringify(value)}`,
    ];
  });
  return `{${members.join(',')}}`;
}

/** Everything but RFC 3986 unreserved characters; half a surrogate pair would make the encoder throw. */
const encoded = (value: string): string =>
  encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Query text in the given order; undefined members are left out. */
function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encoded(value)}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

interface Call {
  readonly method: HttpRequest['method'];
  /** Path segments; each is encoded. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly fields?: Readonly<Record<string, Field>>;
}

/**
 * One call. Every path ends with a slash, the documented form: a redirect to it would drop the body of a POST.
 * The key rides in a header, so the address may be shown whole.
 */
export function call(
  settings: TapfiliateSettings,
  { method, path, query, fields }: Call,
): HttpRequest {
  const base = (settings.baseUrl ?? DEFAULT_BASE).replace(/\/*$/, '/');
  const url = `${base}${path.map(encoded).join('/')}/${queryText(query ?? {})}`;
  return {
    method,
    url,
    headers: {
      'x-api-key': settings.apiKey,
      accept: 'application/json',
      ...(fields === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(fields === undefined ? {} : { body: jsonText(fields) }),
    shownUrl: url,
  };
}
