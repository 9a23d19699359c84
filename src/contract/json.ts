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

/** Sixteen digits in a row may lose their last ones in a JavaScript number. */
const LONG_DIGITS = 16;

/** Where the text that begins at `start` ends: its closing quotation mark, or the end of the bytes. */
function endOfText(body: Buffer, start: number): number {
  for (let i = start + 1; i < body.length; i += 1) {
    const byte = body[i];
    if (byte === 0x5c) i += 1;
    else if (byte === 0x22) return i;
  }
  return body.length;
}

interface Scan {
  readonly tooDeep: boolean;
  /** A run of digits outside of texts that a number may not hold exactly. */
  readonly longNumber: boolean;
}

const TOO_DEEP: Scan = { tooDeep: true, longNumber: false };

/**
 * Depth, size and long numbers of a JSON text by one pass over its bytes, before any parser sees it: `JSON.parse`
 * accepts a million nested arrays, and then `JSON.stringify` overflows the stack.
 */
function scanJson(body: Buffer, mostNames: number): Scan {
  let depth = 0;
  let names = 0;
  let digits = 0;
  let longNumber = false;
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) {
      digits += 1;
      if (digits >= LONG_DIGITS) longNumber = true;
      continue;
    }
    digits = 0;
    if (byte === 0x22) i = endOfText(body, i);
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return TOO_DEEP;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    else if (byte === 0x3a && (names += 1) > mostNames) return TOO_DEEP;
  }
  return { tooDeep: false, longNumber };
}

/** Deeper than 32 levels or more than 5,000 names. */
export const jsonTooDeep = (body: Buffer): boolean => scanJson(body, MAX_NAMES).tooDeep;

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
 * Strict UTF-8, depth ≤ 32, names ≤ 5,000 (`mostNames` for texts that somebody else limits already), long integers kept
 * as text. Never throws.
 * `__proto__` stays an own property, as JSON.parse makes it; copy known fields one by one.
 */
export function parseJson(body: Buffer, mostNames = MAX_NAMES): Parsed<Json> {
  if (body.length === 0) return fault('empty');
  if (!isUtf8(body)) return fault('malformed');
  const { tooDeep, longNumber } = scanJson(body, mostNames);
  if (tooDeep) return fault('too-deep');
  const text = body.toString('utf8');
  try {
    const value = longNumber
      ? (JSON.parse(text, keepLongIntegers as (key: string, value: unknown) => unknown) as Json)
      : (JSON.parse(text) as Json);
    return { ok: true, value };
  } catch {
    return fault('malformed');
  }
}

/** Canonical JSON: names sorted, no white space; equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  return Array.isArray(value) ? canonicalList(value) : canonicalObject(value as Members);
}

type Members = Readonly<Record<string, unknown>>;

/** Characters that JSON writes as they are. */
const PLAIN = /^[ !#-[\]-~]*$/;
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

function canonicalList(list: readonly unknown[]): string {
  let out = '';
  for (const item of list) out += `${out === '' ? '[' : ','}${canonicalJson(item)}`;
  return out === '' ? '[]' : `${out}]`;
}

function canonicalObject(value: Members): string {
  let out = '';
  // Without a comparer names sort by their UTF-16 units, on every machine the same.
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) {
      out += `${out === '' ? '{' : ','}${quoted(name)}:${canonicalJson(member)}`;
    }
  }
  return out === '' ? '{}' : `${out}}`;
}
