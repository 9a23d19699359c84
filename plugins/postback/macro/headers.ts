import { isRecord } from '#contract';
import { expand, type Scope } from './expand.js';
import { mark, piecesOf } from './marked.js';
import type { Delimiters, Macro, Pieces } from './token.js';
import { headerPlace } from './encode.js';
import { isSecretName } from './pairs.js';

export interface Headers {
  readonly list: readonly { readonly name: string; readonly value: Pieces }[];
  readonly macros: readonly Macro[];
}

/** Names that only the transport may write (RFC 9110 §7.6.1, RFC 9112): request smuggling starts here. */
const OWNED: ReadonlySet<string> = new Set(
  (
    'host content-length transfer-encoding connection keep-alive proxy-connection proxy-authorization ' +
    'proxy-authenticate te trailer upgrade http2-settings expect'
  ).split(' '),
);
/** An answer in an encoding that we asked for ourselves could not be read. */
const UNWANTED = 'accept-encoding';
const MAX_HEADERS = 50;

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,200}$/;
const VALUE = /^[\t\u0020-\u007e]*$/;

function nameFault(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (!TOKEN.test(name)) return `has the impossible name "${name}"`;
  if (OWNED.has(lower)) return `must not set ${name}: the gateway writes it`;
  return lower === UNWANTED ? `must not set ${name}: answers are read as they come` : undefined;
}

/** One sentence per fault of a map of headers, macros not looked at. */
export function headerMapFaults(value: unknown): readonly string[] {
  if (!isRecord(value)) return ['must be a map of texts'];
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const [name, text] of Object.entries(value)) {
    const fault = nameFault(name);
    if (fault !== undefined) faults.push(fault);
    if (typeof text !== 'string') faults.push(`must hold a text for ${name}`);
    else if (!VALUE.test(text)) {
      faults.push(`has a line break, control character or non-ASCII letter in ${name}`);
    }
    if (seen.has(name.toLowerCase())) faults.push(`names ${name} twice`);
    seen.add(name.toLowerCase());
  }
  if (seen.size > MAX_HEADERS) faults.push(`holds more than ${MAX_HEADERS} headers`);
  return faults;
}

/** Literal values of headers whose name says that they are secrets (Authorization, X-Api-Key). */
export function secretHeaderTexts(value: unknown): readonly string[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, text]) =>
    typeof text === 'string' && text !== '' && isSecretName(name) && !/secret:/i.test(text)
      ? [text]
      : [],
  );
}

export interface ReadHeaders {
  readonly headers: Headers;
  readonly faults: readonly string[];
}

/** Reads the header templates; faults name the header. */
export function readHeaders(
  map: Readonly<Record<string, string>>,
  delimiters: Delimiters,
): ReadHeaders {
  const faults: string[] = [...headerMapFaults(map)];
  const macros: Macro[] = [];
  const list = Object.entries(map).map(([name, template]) => {
    const marked = mark(template, delimiters);
    faults.push(...marked.faults.map((fault) => `${name}: ${fault}`));
    macros.push(...marked.macros);
    return { name, value: piecesOf(marked.text, marked.macros) };
  });
  return { headers: { list, macros }, faults };
}

/** The headers of one event; one whose value is missing is left out. */
export const writeHeaders = (headers: Headers, scope: Scope): Readonly<Record<string, string>> =>
  Object.fromEntries(
    headers.list.flatMap(({ name, value }) => {
      const text = expand(value, scope, headerPlace)?.trim();
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
