import { MASK, type CanonicalEvent } from '#contract';
import { modified, type Value } from './modifiers.js';
import { isMacro } from './marked.js';
import type { Macro, Pieces } from './token.js';
import { valueOf, type Speech } from './values.js';

/** What becomes of a macro without a value. */
export type MissingPolicy = 'drop' | 'empty' | 'reject';

/** Everything an expansion reads. */
export interface Scope {
  readonly event: CanonicalEvent;
  readonly speech: Speech;
  readonly secrets: Readonly<Record<string, string>>;
  readonly missing: ReadonlyMap<string, MissingPolicy>;
  /** For a screen: secrets are replaced by the mask. */
  readonly masked: boolean;
}

/** How literal text and values are written at one place of a request. */
export interface Place {
  readonly literal: (text: string) => string;
  readonly value: (text: string, macro: Macro) => string;
}

/** Nobody can book a postback without the click that it asks for. */
const NAMES_THE_CLICK: ReadonlySet<string> = new Set(['click_id', 'affiliate_click_id']);

export const policyOf = (macro: Macro, { missing }: Scope): MissingPolicy =>
  missing.get(macro.name) ?? (NAMES_THE_CLICK.has(macro.name) ? 'reject' : 'drop');

/** The value of a macro after its modifiers. */
export function resolve(macro: Macro, scope: Scope): Value | undefined {
  if (macro.secret !== undefined) {
    const secret = Object.hasOwn(scope.secrets, macro.secret)
      ? scope.secrets[macro.secret]
      : undefined;
    const known: Value | undefined =
      secret === undefined ? undefined : { text: secret, kind: 'text' };
    return modified(known, macro.modifiers);
  }
  return modified(valueOf(macro.name, scope.event, scope.speech), macro.modifiers);
}

/** Text for one place, or undefined when a value is missing and the whole place is to be dropped. Never expanded twice. */
export function expand(pieces: Pieces, scope: Scope, place: Place): string | undefined {
  let out = '';
  for (const piece of pieces) {
    if (!isMacro(piece)) {
      out += place.literal(piece);
      continue;
    }
    const value = resolve(piece, scope);
    if (value !== undefined && scope.masked && piece.name === 'secret') out += MASK;
    else if (value !== undefined) out += place.value(value.text, piece);
    else if (policyOf(piece, scope) !== 'empty') return undefined;
  }
  return out;
}
