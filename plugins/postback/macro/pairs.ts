import { MASK } from '#contract';
import { expand, type Scope } from './expand.js';
import { piecesOf } from './marked.js';
import type { Macro, Pieces } from './token.js';
import { queryPlace } from './encode.js';

/** One `name=value` of a query or a form; `value` is undefined for a bare name. */
export interface Pair {
  readonly name: Pieces;
  readonly value: Pieces | undefined;
}

/** Cuts marked query text at `&` and the first `=`. Empty parts (`&&`) are left out. */
export function readPairs(text: string, macros: readonly Macro[]): readonly Pair[] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const cut = part.indexOf('=');
      if (cut < 0) return { name: piecesOf(part, macros), value: undefined };
      return {
        name: piecesOf(part.slice(0, cut), macros),
        value: piecesOf(part.slice(cut + 1), macros),
      };
    });
}

const SECRETIVE =
  /token|secret|passw|signature|credential|^(?:sig|sign|key|secure|auth|pass|pwd|hash|pw)$|api[_-]?key|[_-]key$|authorization|cookie/i;

/** True for names of parameters and headers whose value is a secret. */
export const isSecretName = (name: string): boolean => SECRETIVE.test(name);

function pairText({ name, value }: Pair, scope: Scope): string | undefined {
  const left = expand(name, scope, queryPlace);
  if (left === undefined || left === '' || value === undefined)
    return left === '' ? undefined : left;
  const right = expand(value, scope, queryPlace);
  if (right === undefined) return undefined;
  return `${left}=${scope.masked && isSecretName(left) ? MASK : right}`;
}

/** The pairs with their values, each parameter without one left out. */
export const writePairs = (pairs: readonly Pair[], scope: Scope): string =>
  pairs.flatMap((pair) => pairText(pair, scope) ?? []).join('&');

/** The value of such a pair may be a secret: by its name, or because only the event says the name. */
export function mayHide(pair: Pair): boolean {
  const name = literalName(pair);
  return name === undefined || isSecretName(name);
}

/** Names that are plain text. */
export const literalName = ({ name }: Pair): string | undefined =>
  name.length === 1 && typeof name[0] === 'string' ? name[0] : undefined;

/** Values that are plain text, with their names. */
export const constants = (pairs: readonly Pair[]): readonly (readonly [string, string])[] =>
  pairs.flatMap((pair) => {
    const name = literalName(pair);
    const [only = '', ...more] = pair.value ?? [];
    return name !== undefined && typeof only === 'string' && more.length === 0
      ? [[name, only] as const]
      : [];
  });
