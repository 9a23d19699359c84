import {
  formOf,
  readMacro,
  type Delimiters,
  type Macro,
  type Piece,
  type Pieces,
} from './token.js';

/**
 * A template with each macro replaced by one private-use character, so that it can be cut at `?`, `&`, `/` and `=`
 * without a macro's own text being in the way.
 */
export interface Marked {
  readonly text: string;
  readonly macros: readonly Macro[];
  readonly faults: readonly string[];
}

const FIRST_MARK = 0xe000;
const MAX_MACROS = 500;
const MARK = /[\ue000-\uf8ff]/;
const MARKS = /([\ue000-\uf8ff])/;

const isPercentEscape = (text: string): boolean => /^%[0-9A-Fa-f]{2}/.test(text);

const LEFTOVER: Readonly<Record<Delimiters, RegExp>> = {
  '{x}': /[{}]/,
  '[x]': /[{}]|\[[A-Za-z_]/,
  '#x#': /[{}]/,
  '%x%': /[{}]/,
  '${x}': /[{}]/,
};

/** Cuts a template into literal text and macros. */
export function mark(template: string, delimiters: Delimiters): Marked {
  if (MARK.test(template)) {
    return { text: '', macros: [], faults: ['holds a private-use character, which is no text'] };
  }
  const macros: Macro[] = [];
  const faults: string[] = [];
  const form = formOf(delimiters);
  let text = '';
  let from = 0;
  for (let found = form.exec(template); found !== null; found = form.exec(template)) {
    const macro = readMacro(found[1] ?? '', delimiters);
    if (typeof macro === 'string' && delimiters === '%x%' && isPercentEscape(found[0])) {
      // `%E2%82%AC` is text that is encoded already: go on behind its first escape.
      form.lastIndex = found.index + 3;
      continue;
    }
    text += template.slice(from, found.index);
    from = form.lastIndex;
    if (typeof macro === 'string') faults.push(macro);
    else if (macros.push(macro) > MAX_MACROS) faults.push(`holds more than ${MAX_MACROS} macros`);
    else text += String.fromCharCode(FIRST_MARK + macros.length - 1);
  }
  text += template.slice(from);
  if (LEFTOVER[delimiters].test(text)) faults.push(leftover(text, delimiters));
  return { text, macros, faults };
}

const leftover = (text: string, delimiters: Delimiters): string =>
  `has a "${LEFTOVER[delimiters].exec(text)?.[0] ?? ''}" that belongs to no macro; macros are written ${delimiters}`;

/** A part of a marked text as literal text and macros. */
export function piecesOf(part: string, macros: readonly Macro[]): Pieces {
  return part.split(MARKS).flatMap((piece): readonly Piece[] => {
    if (piece === '') return [];
    const macro = MARK.test(piece) ? macros[piece.charCodeAt(0) - FIRST_MARK] : undefined;
    return [macro ?? piece];
  });
}

/** True when the text holds a macro. */
export const holdsMacro = (text: string): boolean => MARK.test(text);

export const isMacro = (piece: Piece): piece is Macro => typeof piece !== 'string';

export const macrosIn = (pieces: Pieces): readonly Macro[] => pieces.filter(isMacro);
