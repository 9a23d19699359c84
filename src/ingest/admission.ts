import type { SourcePlugin } from '../contract/index.js';
import { refusals, type Answer } from './answer.js';

/** Bytes; sources may ask for more. */
export const BODY_LIMIT = 262_144;
/** No source gets more than this. */
export const LARGEST_BODY = 1_048_576;
const QUERY_LIMIT = 16_384;

/** Media types that some network sends with a body we can read. Content decides how it is parsed, not this header. */
const READABLE =
  /^(?:application\/(?:json|x-www-form-urlencoded|xml|octet-stream|[\w.+-]+\+(?:json|xml))|text\/(?:plain|xml|json))$/;

const mediaType = (header: string | undefined): string =>
  (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

const readable = (source: SourcePlugin, type: string): boolean =>
  type === '' || READABLE.test(type) || (source.contentTypes?.includes(type) ?? false);

/** What may be said about a request before anybody looks at its signature. Undefined: go on. */
export function admission(
  source: SourcePlugin,
  method: string,
  headers: Readonly<Record<string, string | undefined>>,
  bodyBytes: number,
  queryLength: number,
): Answer | undefined {
  if (!(source.methods as readonly string[]).includes(method))
    return refusals.method(source.methods);
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') return refusals.encoding();
  if (bodyBytes > 0 && !readable(source, mediaType(headers['content-type'])))
    return refusals.media();
  if (bodyBytes > (source.bodyLimit ?? BODY_LIMIT) || queryLength > QUERY_LIMIT)
    return refusals.tooLarge();
  return undefined;
}
