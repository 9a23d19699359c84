import { canonicalName, SPELLINGS, type MacroName } from './names.js';
import { MODIFIERS, readModifier, type Modifier } from './modifiers.js';
import { nearest } from './nearest.js';

/** One macro as it stands in a template. */
export interface Macro {
  readonly name: MacroName;
  /** Of `{secret:name}`. */
  readonly secret?: string;
  readonly modifiers: readonly Modifier[];
}

/** Literal text and macros in order. */
export type Piece = string | Macro;
export type Pieces = readonly Piece[];

/** How macros are written; `{x}` unless the target says otherwise. */
export const DELIMITERS = ['{x}', '[x]', '#x#', '%x%', '${x}'] as const;
export type Delimiters = (typeof DELIMITERS)[number];

const FORMS: Readonly<Record<Delimiters, RegExp>> = {
  '{x}': /\{([A-Za-z_ ][^{}]*)\}/g,
  '[x]': /\[([A-Za-z_ ][^[\]]*)\]/g,
  '#x#': /#([A-Za-z_][^#\s]*)#/g,
  '%x%': /%([A-Za-z_][^%\s]*)%/g,
  '${x}': /\$\{([A-Za-z_ ][^{}]*)\}/g,
};

/** The expression that finds macros, fresh, because it keeps its place. */
export const formOf = (delimiters: Delimiters): RegExp => new RegExp(FORMS[delimiters]);

export const written = (delimiters: Delimiters, name: string): string =>
  delimiters.replace('x', () => name);

/** `Click_ID|lower|default:0` to a macro, or one sentence why it is none. */
export function readMacro(inner: string, delimiters: Delimiters): Macro | string {
  const [head = '', ...rest] = inner.split('|');
  const token = head.trim();
  const shown = written(delimiters, token);
  const modifiers: Modifier[] = [];
  for (const text of rest) {
    const modifier = readModifier(text);
    if (typeof modifier === 'string') return `${shown} ${modifier}`;
    modifiers.push(modifier);
  }
  const secret = /^secret:([a-z0-9_]{1,40})$/i.exec(token)?.[1];
  if (secret !== undefined) return { name: 'secret', secret: secret.toLowerCase(), modifiers };
  const name = canonicalName(token);
  if (name === undefined) return unknownMacro(token, delimiters);
  if (modifiers.some((one) => one.name === 'cents') && name !== 'amount' && name !== 'payout') {
    return `${shown} has the modifier cents, which works on amount and payout only`;
  }
  return { name, modifiers };
}

/** One sentence for a word that is no macro, with the nearest that is. */
export function unknownMacro(token: string, delimiters: Delimiters): string {
  const [word = ''] = token.split(':');
  const shown = written(delimiters, token.slice(0, 60));
  if ((MODIFIERS as readonly string[]).includes(token.toLowerCase())) {
    return `${shown} is a modifier; write it behind a macro, e.g. ${written(delimiters, `click_id|${token}`)}`;
  }
  const near = nearest(word, SPELLINGS.keys());
  return near === undefined
    ? `${shown} is no macro; the list is in the plugin's README, e.g. ${written(delimiters, 'click_id')}`
    : `${shown} is no macro; did you mean ${written(delimiters, near)}?`;
}
