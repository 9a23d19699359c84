import type { Macro } from './token.js';
import type { Place } from './expand.js';

const hex = (char: string): string =>
  `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Half a surrogate pair would make the encoder throw. */
const whole = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');

/** RFC 3986 §2.3: everything but letters, digits and `-._~` is percent-encoded; a space becomes `%20`. */
export const percentEncoded = (text: string): string =>
  encodeURIComponent(whole(text)).replace(/[!'()*]/g, hex);

/** Keeps what may stand at the place, and escapes that are there already; encodes the rest. */
const keeping =
  (kept: RegExp) =>
  (text: string): string =>
    whole(text).replace(/%[0-9A-Fa-f]{2}|[\s\S]/gu, (char) =>
      char.length === 3 || kept.test(char) ? char : percentEncoded(char),
    );

const PCHAR = String.raw`A-Za-z0-9\-._~!$()*,:@`;
/** `raw` may not end the value it stands in: no `&`, `;`, `#`, `/` or `?` of its own. */
const rawQuery = keeping(new RegExp(`^[${PCHAR}/?+=]$`));
const rawPath = keeping(new RegExp(`^[${PCHAR}+=]$`));

const has = (macro: Macro, modifier: string): boolean =>
  macro.modifiers.some(({ name }) => name === modifier);

/** A value in a query or a form body. */
export const queryPlace: Place = {
  literal: keeping(new RegExp(`^[${PCHAR}/?+=;]$`)),
  value: (text, macro) => (has(macro, 'raw') ? rawQuery(text) : percentEncoded(text)),
};

/** A value in a path. */
export const pathPlace: Place = {
  literal: keeping(new RegExp(`^[${PCHAR}+=;&]$`)),
  value: (text, macro) => (has(macro, 'raw') ? rawPath(text) : percentEncoded(text)),
};

/** A place that needs no escaping of its own: a JSON text (escaped as a whole later), a plain body. */
export const plainPlace: Place = {
  literal: (text) => text,
  value: (text, macro) => (has(macro, 'urlencode') ? percentEncoded(text) : whole(text)),
};

/** Visible ASCII and inner spaces as they are, the rest percent-encoded: nothing can end the header (RFC 9110 §5.5). */
const headerText = (text: string): string =>
  whole(text).replace(/[^ -~]/gu, (char) => percentEncoded(char));

export const headerPlace: Place = {
  literal: (text) => text,
  value: (text, macro) => (has(macro, 'urlencode') ? percentEncoded(text) : headerText(text)),
};
