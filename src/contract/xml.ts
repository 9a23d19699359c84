import { isUtf8 } from 'node:buffer';
import { createRequire } from 'node:module';
import type { XMLParser } from 'fast-xml-parser';
import { MAX_DEPTH, MAX_NAMES, type Parsed } from './json.js';

type Library = typeof import('fast-xml-parser');

/** Loaded with the first message in XML: most gateways never see one. */
const library = (): Library => createRequire(import.meta.url)('fast-xml-parser') as Library;

let made: XMLParser | undefined;

function parser(): XMLParser {
  made ??= new (library().XMLParser)({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    processEntities: false,
    removeNSPrefix: true,
    trimValues: true,
  });
  return made;
}

/** Refused before any parser sees it: document types and entities have no place in a webhook. */
const FORBIDDEN = /<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i;

/** Characters of one tag with its attributes: the parser's time grows with the square of it. */
const MAX_TAG = 2048;
/** Opening and closing tags, comments and whatever else begins with `<`. */
const MAX_PIECES = 2 * MAX_NAMES;

type Fault = 'malformed' | 'too-deep';

/** Depth and size by one pass over the text, before any parser sees it. A piece without an end is refused here, too. */
function faultOf(text: string): Fault | undefined {
  let depth = 0;
  let tags = 0;
  let pieces = 0;
  let end = -1;
  const lastEnds = { '-': text.lastIndexOf('-->'), '[': text.lastIndexOf(']]>') };
  for (let i = text.indexOf('<'); i >= 0; i = text.indexOf('<', i + 1)) {
    // The end of the last piece stands for all that begin before it: each `>` is looked for once.
    if (end < i) end = text.indexOf('>', i);
    pieces += 1;
    if (end < 0) return 'malformed';
    if (pieces > MAX_PIECES) return 'too-deep';
    const next = text[i + 1];
    const kind = text[i + 2];
    if (next === '!' && (kind === '-' || kind === '[') && lastEnds[kind] < i) return 'malformed';
    if (next === '/') depth -= 1;
    else if (next !== '?' && next !== '!') {
      tags += 1;
      if (text[end - 1] !== '/') depth += 1;
      if (depth > MAX_DEPTH || tags > MAX_NAMES || end - i > MAX_TAG) return 'too-deep';
    }
  }
  return undefined;
}

const PREDEFINED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** The five predefined entities and character references; anything else stays literal. */
function unescapeXml(value: string): string {
  return value.replace(
    /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g,
    (all, dec, hex, name) => {
      if (name !== undefined) return PREDEFINED[name as string] ?? (all as string);
      const code = dec === undefined ? Number.parseInt(hex as string, 16) : Number(dec);
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
        ? String.fromCodePoint(code)
        : '';
    },
  );
}

function unescapeDeep(value: unknown): unknown {
  if (typeof value === 'string') return unescapeXml(value);
  if (Array.isArray(value)) return value.map((item) => unescapeDeep(item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, unescapeDeep(inner)]),
    );
  }
  return value;
}

/**
 * Hardened XML to plain data: no DOCTYPE, no entities but the predefined ones, values never coerced to numbers,
 * namespace prefixes dropped, attributes as `@name`, depth ≤ 32. Never throws.
 */
export function parseXml(body: Buffer): Parsed<unknown> {
  if (body.length === 0) return { ok: false, fault: 'empty' };
  if (!isUtf8(body)) return { ok: false, fault: 'malformed' };
  const source = body.toString('utf8');
  if (FORBIDDEN.test(source)) return { ok: false, fault: 'malformed' };
  const fault = faultOf(source);
  if (fault) return { ok: false, fault };
  try {
    const value = unescapeDeep(parser().parse(source, true));
    return typeof value === 'object' && value !== null && Object.keys(value).length > 0
      ? { ok: true, value }
      : { ok: false, fault: 'malformed' };
  } catch {
    return { ok: false, fault: 'malformed' };
  }
}
