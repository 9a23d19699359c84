import { isPlaceholder, MASK } from '#contract';
import { expand, type Scope } from './expand.js';
import { holdsMacro, isMacro, mark, piecesOf, type Marked } from './marked.js';
import type { Delimiters, Macro, Pieces } from './token.js';
import { pathPlace } from './encode.js';
import { constants, mayHide, readPairs, writePairs, type Pair } from './pairs.js';

/** A URL template cut into its parts once. Macros stand in `segments` and `pairs` only. */
export interface UrlParts {
  /** Scheme, host and port, as written. */
  readonly origin: string;
  /** Of the path, without the slashes between them. */
  readonly segments: readonly Pieces[];
  readonly pairs: readonly Pair[];
  readonly macros: readonly Macro[];
  /** Some of it may have to be masked on a screen. */
  readonly hides: boolean;
}

const SHAPE = /^(https?:\/\/)([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?(#.*)?$/is;

/** Words that partners put where a macro belongs, in any manner of writing but ours. */
const looksUnreplaced = (text: string): boolean =>
  isPlaceholder(text) && !/^(?:null|none|undefined)$/i.test(text.trim());

function writtenFaults(template: string, plain: string): readonly string[] {
  const faults: string[] = [];
  // oxlint-disable-next-line no-control-regex
  if (/[\s\u0000-\u001f\u007f]/.test(plain)) {
    faults.push('holds white space: write %20, or join the line');
  }
  if (plain.includes('\\')) faults.push('holds a backslash, which browsers read as a slash');
  if (/%(?![0-9A-Fa-f]{2})/.test(plain)) faults.push('holds a % that begins no escape: write %25');
  if (template.includes('¤')) {
    faults.push('holds "¤", which a web page made of "&curren": write "&currency" again by hand');
  }
  if (/&(?:amp|lt|gt|quot|#\d+);/i.test(template)) {
    faults.push('holds an HTML entity such as &amp;: write the plain character');
  }
  return faults;
}

const endsInDollar = (pieces: Pieces): boolean =>
  pieces.some((piece, at) => {
    const next = pieces[at + 1];
    return !isMacro(piece) && piece.endsWith('$') && next !== undefined && isMacro(next);
  });

/** Macros of another manner of writing would be sent as they stand, for every event. */
function foreignFaults({ segments, pairs }: UrlParts, delimiters: Delimiters): readonly string[] {
  const alone = segments.flatMap(([only, ...more]) =>
    typeof only === 'string' && more.length === 0 ? [only] : [],
  );
  const texts = [...alone, ...constants(pairs).map(([, value]) => value)].filter(looksUnreplaced);
  const faults = texts.map(
    (text) => `sends "${text}" as it stands; macros are written ${delimiters}, see delimiters`,
  );
  const dollar = [...segments, ...pairs.map(({ value }) => value ?? [])].some(endsInDollar);
  return dollar && delimiters === '{x}'
    ? [...faults, 'writes ${x}: set delimiters to ${x}']
    : faults;
}

function hostFaults(scheme: string, authority: string): readonly string[] {
  if (authority === '') return ['has no host'];
  if (holdsMacro(authority)) return ['holds a macro in its host: only path and query may vary'];
  if (authority.includes('@')) return ['must not hold a user name or password'];
  if (!URL.canParse(`${scheme}${authority}/`)) return ['has an impossible host or port'];
  return [];
}

export interface ReadUrl {
  readonly parts: UrlParts | undefined;
  readonly faults: readonly string[];
}

/** A tracker's key stands in front of `postback` (Keitaro): it is a secret without a name. */
const isPathKey = (segments: readonly Pieces[], at: number): boolean =>
  at === segments.length - 2 && segments[at + 1]?.[0] === 'postback';

function partsOf(marked: Marked, delimiters: Delimiters, faults: string[]): UrlParts | undefined {
  const { text, macros } = marked;
  const shape = SHAPE.exec(text);
  if (!shape) {
    faults.push('must start with https:// and a host; a macro cannot stand there');
    return undefined;
  }
  const [, scheme = '', authority = '', path, query = '', fragment] = shape;
  faults.push(...hostFaults(scheme, authority));
  if (fragment !== undefined) {
    faults.push('holds a #fragment, which is never sent: write %23, or set delimiters to #x#');
  }
  const segments = path === undefined ? [] : path.split('/').map((part) => piecesOf(part, macros));
  const pairs = readPairs(query, macros);
  const parts: UrlParts = {
    origin: `${scheme}${authority}`,
    segments,
    pairs,
    macros,
    hides:
      macros.some(({ name }) => name === 'secret') ||
      segments.some((_segment, at) => isPathKey(segments, at)) ||
      pairs.some(mayHide),
  };
  faults.push(...foreignFaults(parts, delimiters));
  return parts;
}

/** Reads a URL template; `parts` is undefined when there is any fault. */
export function readUrl(template: string, delimiters: Delimiters): ReadUrl {
  const marked = mark(template, delimiters);
  const faults = [...writtenFaults(template, marked.text), ...marked.faults];
  const parts = partsOf(marked, delimiters, faults);
  return { parts: faults.length > 0 ? undefined : parts, faults };
}

/** A segment that a URL parser would read as "here" or "one up", and so drop. */
const DOTS = /^(?:\.|%2e){1,2}$/i;

/**
 * The URL of one event. Undefined when a value of the path is missing or would change the path's shape (`..`).
 * Whatever the values, scheme, host, port and the number of path segments stay those of the template.
 */
export function writeUrl(parts: UrlParts, scope: Scope): string | undefined {
  const segments: string[] = [];
  for (const [at, pieces] of parts.segments.entries()) {
    const segment = expand(pieces, scope, pathPlace);
    if (segment === undefined) return undefined;
    if (pieces.some(isMacro) && DOTS.test(segment)) return undefined;
    segments.push(scope.masked && isPathKey(parts.segments, at) ? MASK : segment);
  }
  const path = parts.segments.length === 0 ? '' : `/${segments.join('/')}`;
  const query = writePairs(parts.pairs, scope);
  return `${parts.origin}${path}${query === '' ? '' : `?${query}`}`;
}
