import { isRecord, parseJson, type Json } from '#contract';
import { expand, policyOf, resolve, type Scope } from './expand.js';
import { isMacro, macrosIn, mark, piecesOf } from './marked.js';
import { formOf, readMacro, type Delimiters, type Macro, type Pieces } from './token.js';
import { plainPlace } from './encode.js';

/** A JSON template, parsed once; macros live in its texts. */
export type JsonNode =
  | { readonly kind: 'constant'; readonly json: string }
  | { readonly kind: 'text'; readonly pieces: Pieces }
  | { readonly kind: 'list'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'map'; readonly members: readonly (readonly [string, JsonNode])[] };

const TEXT = String.raw`"(?:[^"\\]|\\.)*"`;

/** `{"payout":{payout}}` is what people write: a macro outside of quotes is put into them, and stays typed. */
function quoted(template: string, delimiters: Delimiters, faults: string[]): string {
  const either = new RegExp(`${TEXT}|(?:${formOf(delimiters).source})`, 'gs');
  return template.replace(either, (found: string, inner: string | undefined) => {
    if (inner === undefined) return found;
    const macro = readMacro(inner, delimiters);
    if (typeof macro !== 'string') return JSON.stringify(found);
    // `[true]` and `{ "a": 1 }` are JSON, `[amuont]` is not: only the parser knows.
    if (!inner.includes('"')) faults.push(macro);
    return found;
  });
}

class Reader {
  readonly faults: string[] = [];
  readonly macros: Macro[] = [];
  readonly #delimiters: Delimiters;

  constructor(delimiters: Delimiters) {
    this.#delimiters = delimiters;
  }

  read(value: Json): JsonNode {
    if (typeof value === 'string') return this.#text(value);
    if (Array.isArray(value)) {
      return { kind: 'list', items: (value as readonly Json[]).map((item) => this.read(item)) };
    }
    if (isRecord(value)) {
      const members = Object.entries(value).map(([name, inner]) => {
        if (formOf(this.#delimiters).test(name)) {
          this.faults.push(`has a macro in the member name "${name}"; only values may vary`);
        }
        return [name, this.read(inner as Json)] as const;
      });
      return { kind: 'map', members };
    }
    return { kind: 'constant', json: JSON.stringify(value) };
  }

  #text(value: string): JsonNode {
    const marked = mark(value, this.#delimiters);
    this.faults.push(...marked.faults);
    const pieces = piecesOf(marked.text, marked.macros);
    this.macros.push(...macrosIn(pieces));
    return pieces.some(isMacro)
      ? { kind: 'text', pieces }
      : { kind: 'constant', json: JSON.stringify(value) };
  }
}

export interface ReadJson {
  readonly node: JsonNode | undefined;
  readonly macros: readonly Macro[];
  readonly faults: readonly string[];
}

/** Parses a JSON template; `node` is undefined when there is any fault. */
export function readJson(template: string, delimiters: Delimiters): ReadJson {
  const unknown: string[] = [];
  const parsed = parseJson(Buffer.from(quoted(template, delimiters, unknown)));
  if (!parsed.ok) {
    const faults = unknown.length > 0 ? unknown : ['is not JSON; set bodyType to form or text'];
    return { node: undefined, macros: [], faults };
  }
  const reader = new Reader(delimiters);
  const node = reader.read(parsed.value);
  const { faults, macros } = reader;
  return { node: faults.length > 0 ? undefined : node, macros, faults };
}

/** `1.50` may be written as it is; `007` may not, and is a text. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** A macro that is the whole value keeps its type: number, text, or null where it is missing and may be empty. */
function wholeValue(macro: Macro, scope: Scope): string | undefined {
  const value = resolve(macro, scope);
  if (value === undefined) return policyOf(macro, scope) === 'empty' ? 'null' : undefined;
  if (value.kind === 'number' && JSON_NUMBER.test(value.text)) return value.text;
  return JSON.stringify(plainPlace.value(value.text, macro));
}

function textValue(pieces: Pieces, scope: Scope): string | undefined {
  const [first, ...others] = pieces;
  if (first !== undefined && isMacro(first) && others.length === 0) return wholeValue(first, scope);
  const text = expand(pieces, scope, plainPlace);
  return text === undefined ? undefined : JSON.stringify(text);
}

/** JSON text of one event; undefined when the value is missing, and then its member or element is left out. */
export function writeJson(node: JsonNode, scope: Scope): string | undefined {
  switch (node.kind) {
    case 'constant':
      return node.json;
    case 'text':
      return textValue(node.pieces, scope);
    case 'list':
      return `[${node.items.flatMap((item) => writeJson(item, scope) ?? []).join(',')}]`;
    case 'map':
      return `{${node.members
        .flatMap(([name, inner]) => {
          const json = writeJson(inner, scope);
          return json === undefined ? [] : [`${JSON.stringify(name)}:${json}`];
        })
        .join(',')}}`;
  }
}
