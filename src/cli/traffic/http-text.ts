import { isRecord, textsAt } from '../../contract/read.js';
import type { SealedRequest } from '../../contract/seal.js';
import { parse } from 'yaml';
import { failure } from '../program/exit.js';

/** A request as somebody has caught it. */
export interface Captured {
  readonly method: string;
  /** Path and query, or a whole URL. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A request as it goes over the wire. */
export function httpText(url: string, { method, headers, body }: SealedRequest): Buffer {
  const { host, pathname, search } = new URL(url);
  const lines = [
    `${method} ${pathname}${search} HTTP/1.1`,
    `host: ${host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]);
}

const REQUEST_LINE = /^([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?$/;

/** Where the head ends and the body begins. */
function headEnd(bytes: Buffer): readonly [end: number, body: number] {
  const crlf = bytes.indexOf('\r\n\r\n');
  const lf = bytes.indexOf('\n\n');
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return [crlf, crlf + 4];
  return lf < 0 ? [bytes.length, bytes.length] : [lf, lf + 2];
}

function headersOf(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const at = line.indexOf(':');
    if (at > 0) headers[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim();
  }
  return headers;
}

/** `{ "method", "url", "headers", "body" | "bodyBase64" }`, as request catchers export it. */
function fromJson(text: string): Captured | undefined {
  let parsed: unknown;
  try {
    parsed = parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(parsed) || !isRecord(parsed['headers'])) return undefined;
  const { method, url, body, bodyBase64 } = parsed;
  const headers = Object.entries(textsAt(parsed, 'headers'));
  return {
    method: typeof method === 'string' ? method.toUpperCase() : 'POST',
    target: typeof url === 'string' ? url : '/',
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body:
      typeof bodyBase64 === 'string'
        ? Buffer.from(bodyBase64, 'base64')
        : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? '')),
  };
}

/**
 * Reads a caught request: the text of an HTTP request (request line, headers, an empty line, the body, byte for byte) or
 * a JSON object with `method`, `url`, `headers` and `body`. Throws a failure when it is neither.
 */
export function readCaptured(bytes: Buffer): Captured {
  const [end, start] = headEnd(bytes);
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split(/\r?\n/);
  const [, method, target] = REQUEST_LINE.exec(first.trim()) ?? [];
  if (method !== undefined && target !== undefined)
    return { method, target, headers: headersOf(lines), body: bytes.subarray(start) };
  const found = fromJson(bytes.toString('utf8'));
  if (found) return found;
  throw failure(
    'this is no caught request',
    'it begins with a line such as "POST /in/clickbank/cb-main HTTP/1.1", then headers, an empty line, and the body; or it is JSON with method, url, headers and body',
  );
}
