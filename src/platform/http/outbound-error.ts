import type { HttpFailure, HttpFailureCode } from './http-port.js';

/** Thrown or passed to callbacks inside this folder only; leaves it as an `HttpFailure`. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';

  constructor(
    readonly code: HttpFailureCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Codes that cannot arise once bytes of the request were written. */
const NEVER_SENT: ReadonlySet<HttpFailureCode> = new Set<HttpFailureCode>([
  'WB_HTTP_DNS',
  'WB_HTTP_CONNECT',
  'WB_HTTP_BLOCKED',
  'WB_HTTP_INVALID_REQUEST',
  'WB_HTTP_CLOSED',
]);

const BY_CODE: ReadonlyMap<string, HttpFailureCode> = new Map<string, HttpFailureCode>([
  ['UND_ERR_HEADERS_TIMEOUT', 'WB_HTTP_TIMEOUT'],
  ['UND_ERR_BODY_TIMEOUT', 'WB_HTTP_TIMEOUT'],
  ['UND_ERR_CONNECT_TIMEOUT', 'WB_HTTP_CONNECT'],
  ['ECONNREFUSED', 'WB_HTTP_CONNECT'],
  ['ENOTFOUND', 'WB_HTTP_DNS'],
  ['EPROTO', 'WB_HTTP_TLS'],
  ['HOSTNAME_MISMATCH', 'WB_HTTP_TLS'],
  ['UND_ERR_CLOSED', 'WB_HTTP_CLOSED'],
  ['UND_ERR_DESTROYED', 'WB_HTTP_CLOSED'],
  ['UND_ERR_INVALID_ARG', 'WB_HTTP_INVALID_REQUEST'],
  ['ERR_INVALID_CHAR', 'WB_HTTP_INVALID_REQUEST'],
  ['ERR_INVALID_HTTP_TOKEN', 'WB_HTTP_INVALID_REQUEST'],
  ['ERR_UNESCAPED_CHARACTERS', 'WB_HTTP_INVALID_REQUEST'],
]);

/** OpenSSL's verification words and Node's TLS errors (nodejs.org/api/tls.html, "X509 certificate error codes"). */
const TLS_CODE =
  /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_|PATH_LENGTH_)/;
/** llhttp's errors and undici's errors about a malformed answer. */
const PROTOCOL_CODE = /^(?:HPE_|UND_ERR_RES|UND_ERR_HEADERS_OVERFLOW)/;

/** A text member of whatever was thrown; empty when it has none. No `instanceof`: errors may come from another realm. */
function textOf(error: unknown, member: 'code' | 'message'): string {
  if (typeof error !== 'object' || error === null) return '';
  const value = (error as Record<string, unknown>)[member];
  return typeof value === 'string' ? value.trim() : '';
}

/** The `code` of a system or library error; empty when it has none. */
export const errorCode = (error: unknown): string => textOf(error, 'code');

function codeOf(raw: string, message: string, started: boolean): HttpFailureCode {
  if (raw.startsWith('WB_HTTP_')) return raw as HttpFailureCode;
  const known = BY_CODE.get(raw);
  if (known !== undefined) return known;
  if (raw.startsWith('EAI_')) return 'WB_HTTP_DNS';
  if (TLS_CODE.test(raw) || message.includes('before secure TLS connection')) return 'WB_HTTP_TLS';
  // undici 7.30 leaves the code of its parser errors empty.
  const unparsable = raw === '' && message.startsWith('Response does not match');
  if (unparsable || PROTOCOL_CODE.test(raw)) return 'WB_HTTP_PROTOCOL';
  return started ? 'WB_HTTP_RESET' : 'WB_HTTP_CONNECT';
}

/** Longest message kept, characters: it goes into attempt records. */
const MESSAGE_LIMIT = 300;

/** Node's AggregateError (several addresses tried) has an empty message of its own. */
function messageOf(error: unknown): string {
  const text = textOf(error, 'message');
  if (text !== '') return text;
  const inner = (error as { errors?: unknown } | null | undefined)?.errors;
  return Array.isArray(inner)
    ? inner.map(messageOf).join('; ')
    : errorCode(error) || 'no reason given';
}

/**
 * Any error of undici, node:http, axios or this folder as data. `started` means that the request was
 * handed to a connected socket; a code that can only arise before that overrules it.
 */
export function failureOf(error: unknown, started: boolean, ms: number): HttpFailure {
  const raw = errorCode(error);
  const message = messageOf(error).slice(0, MESSAGE_LIMIT);
  const code = codeOf(raw, message, started);
  const sent = started && !NEVER_SENT.has(code);
  return { kind: 'failure', code, message, sent, ms };
}

/** Whole milliseconds since a `performance.now()` reading. */
export const since = (startedAt: number): number => Math.round(performance.now() - startedAt);
