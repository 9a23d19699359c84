import { isUint8Array } from 'node:util/types';
import { DEFAULT_USER_AGENT, type HttpRequest } from './http-port.js';
import { OutboundError } from './outbound-error.js';

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);

/** Names that the transport alone may write (RFC 9110 §7.6.1, RFC 9112): request smuggling starts here. */
const OWNED: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'te',
  'trailer',
  'upgrade',
  'http2-settings',
  'expect',
]);

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Anything but tab, visible ASCII, space and bytes 80-FF. */
const BAD_VALUE = /[^\t\u0020-\u007e\u0080-\u00ff]/;

const invalid = (message: string): OutboundError =>
  new OutboundError('WB_HTTP_INVALID_REQUEST', message);

function checkHeader(name: string, lower: string, value: unknown): asserts value is string {
  if (!TOKEN.test(name)) throw invalid('a header name holds a forbidden character');
  if (OWNED.has(lower)) throw invalid(`header ${lower} is written by the gateway itself`);
  if (typeof value !== 'string') throw invalid(`header ${lower} is not text`);
  if (BAD_VALUE.test(value)) throw invalid(`header ${lower} holds a forbidden character`);
}

/**
 * Headers as undici takes them: name, value, name, value. Adds the User-Agent when the request has none.
 * Throws OutboundError WB_HTTP_INVALID_REQUEST for a method, header or body that must not be sent;
 * the message names the header, never its value.
 */
export function headerList(request: HttpRequest): string[] {
  const { method, headers, body } = request;
  if (!METHODS.has(method))
    throw invalid('method is not one of GET, HEAD, POST, PUT, PATCH, DELETE');
  if (body !== undefined && typeof body !== 'string' && !isUint8Array(body)) {
    throw invalid('body is neither text nor bytes');
  }
  const list: string[] = [];
  const seen: string[] = [];
  for (const [name, value] of Object.entries<unknown>(headers ?? {})) {
    const lower = name.toLowerCase();
    checkHeader(name, lower, value);
    if (seen.includes(lower)) throw invalid(`header ${lower} is given twice`);
    seen.push(lower);
    list.push(name, value.trim());
  }
  if (!seen.includes('user-agent')) list.push('user-agent', DEFAULT_USER_AGENT);
  return list;
}
