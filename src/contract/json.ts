import { isUtf8 } from 'node:buffer';

/** Parsed JSON. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: 'malformed' | 'empty' | 'too-deep' };

const fault = (name: 'malformed' | 'empty' | 'too-deep'): { ok: false; fault: typeof name } => ({
  ok: false,
  fault: name,
});

export const MAX_DEPTH = 32;
export const MAX_NAMES = 5000;

/**
 * Depth and size of a JSON text by one pass over its bytes, before any parser sees it: `JSON.parse` accepts a
 * million nested arrays, and then `JSON.stringify` overflows the stack.
 */
export function jsonTooDeep(body: Buffer): boolean {
  let depth = 0;
  let names = 0;
  let inText = false;
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i];
    if (inText) {
      if (byte === 0x5c) i += 1;
      else if (byte === 0x22) inText = false;
    } else if (byte === 0x22) inText = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    else if (byte === 0x3a && (names += 1) > MAX_NAMES) return true;
  }
  return false;
}

/** Sixteen digits in a row may lose their last ones in a JavaScript number. */
const LONG_NUMBER = /\d{16,}/;
const LONG_INTEGER = /^-?\d{16,}$/;

type SourceReviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

/** Integers beyond 2^53 become texts: they are ids, and two of them must not become one. */
const keepLongIntegers: SourceReviver = (_key, value, context) =>
  typeof value === 'number' &&
  context?.source !== undefined &&
  LONG_INTEGER.test(context.source) &&
  !Number.isSafeInteger(value)
    ? context.source
    : value;

/**
 * Strict UTF-8, depth ≤ 32, names ≤ 5,000, long integers kept as text. Never throws.
 * `__proto__` stays an own property, as JSON.parse makes it; copy known fields one by one.
 */
export function parseJson(body: Buffer): Parsed<Json> {
  if (body.length === 0) return fault('empty');
  if (!isUtf8(body)) return fault('malformed');
  if (jsonTooDeep(body)) return fault('too-deep');
  const text = body.toString('utf8');
  try {
    const value = LONG_NUMBER.test(text)
      ? (JSON.parse(text, keepLongIntegers as (key: string, value: unknown) => unknown) as Json)
      : (JSON.parse(text) as Json);
    return { ok: true, value };
  } catch {
    return fault('malformed');
  }
}

/** Canonical JSON: names sorted, no white space; equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  const entries = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
}
