import { expand, type Scope } from './expand.js';
import { macrosIn, mark, piecesOf } from './marked.js';
import type { Delimiters, Macro, Pieces } from './token.js';
import { plainPlace } from './encode.js';
import { readJson, writeJson, type JsonNode } from './json.js';
import { readPairs, writePairs, type Pair } from './pairs.js';

export const BODY_TYPES = ['json', 'form', 'text'] as const;
export type BodyType = (typeof BODY_TYPES)[number];

export type Body =
  | { readonly type: 'json'; readonly node: JsonNode; readonly macros: readonly Macro[] }
  | { readonly type: 'form'; readonly pairs: readonly Pair[]; readonly macros: readonly Macro[] }
  | { readonly type: 'text'; readonly pieces: Pieces; readonly macros: readonly Macro[] };

export const CONTENT_TYPES: Readonly<Record<BodyType, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
};

export interface ReadBody {
  readonly body: Body | undefined;
  readonly faults: readonly string[];
}

/** What a body is when `bodyType` does not say: JSON when it begins like JSON, else a form. */
export const guessedType = (template: string): BodyType =>
  /^\s*[{[]/.test(template) ? 'json' : 'form';

/** Reads a body template; `body` is undefined when there is any fault. */
export function readBody(template: string, type: BodyType, delimiters: Delimiters): ReadBody {
  if (type === 'json') {
    const { node, macros, faults } = readJson(template, delimiters);
    return { body: node && { type, node, macros }, faults };
  }
  const { text, macros, faults } = mark(template, delimiters);
  if (faults.length > 0) return { body: undefined, faults };
  if (type === 'form') {
    const pairs = readPairs(text.trim(), macros);
    return { body: { type, pairs, macros }, faults };
  }
  const pieces = piecesOf(text, macros);
  return { body: { type, pieces, macros: macrosIn(pieces) }, faults };
}

/** The body text of one event. In a plain text there is no parameter to drop: a missing value is nothing there. */
export function writeBody(body: Body, scope: Scope): string {
  switch (body.type) {
    case 'json':
      return writeJson(body.node, scope) ?? 'null';
    case 'form':
      return writePairs(body.pairs, scope);
    case 'text':
      return body.pieces.map((piece) => expand([piece], scope, plainPlace) ?? '').join('');
  }
}
