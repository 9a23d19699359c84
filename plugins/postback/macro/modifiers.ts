import { createHash } from 'node:crypto';
import { currencyExponent } from '#contract';
import { nearest } from './nearest.js';

/** A macro's value on its way into the request. */
export interface Value {
  readonly text: string;
  /** `number`: written without quotes when it is a whole JSON value. */
  readonly kind: 'text' | 'number';
  /** Set for money, so that `cents` knows the minor unit. */
  readonly currency?: string;
}

export interface Modifier {
  readonly name: string;
  readonly argument: string;
}

const PLAIN_DECIMAL = /^-?\d{1,30}(?:\.\d{1,30})?$/;
const MAX_DIGITS = 8;

/** Digits with a point put in front of the last `digits`. */
function pointed(sign: string, whole: string, digits: number): string {
  const padded = whole.replace(/^0+(?=\d)/, '').padStart(digits + 1, '0');
  const value = digits === 0 ? padded : `${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
  return /[1-9]/.test(value) ? sign + value : value;
}

/** Decimal text with exactly `digits` decimals, half away from zero, digit by digit. */
export function toDigits(text: string, digits: number): string | undefined {
  if (!PLAIN_DECIMAL.test(text)) return undefined;
  const sign = text.startsWith('-') ? '-' : '';
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const kept = whole + fraction.slice(0, digits).padEnd(digits, '0');
  const roundUp = (fraction[digits] ?? '0') >= '5';
  return pointed(sign, String(BigInt(kept) + (roundUp ? 1n : 0n)), digits);
}

/** Minor units: 49.00 USD → 4900, 4900 JPY → 4900, 1.234 KWD → 1234. */
function toCents({ text, currency }: Value): string | undefined {
  return currency === undefined
    ? undefined
    : toDigits(text, currencyExponent(currency))
        ?.replace('.', '')
        .replace(/^(-?)0+(?=\d)/, '$1');
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const asText = (text: string): Value => ({ text, kind: 'text' });

function asNumber(value: Value, text: string | undefined): Value | undefined {
  return text === undefined ? undefined : { ...value, text, kind: 'number' };
}

type Rule = (value: Value, argument: string) => Value | undefined;

/** `default` is not among them: it is the only one that works without a value. */
const RULES: Readonly<Record<string, Rule>> = {
  // How the value is escaped at its place; see `encode.ts`.
  raw: (value) => value,
  urlencode: (value) => value,
  lower: ({ text }) => asText(text.toLowerCase()),
  upper: ({ text }) => asText(text.toUpperCase()),
  sha256: ({ text }) => asText(sha256(text)),
  text: ({ text }) => asText(text),
  prefix: ({ text }, argument) => asText(argument + text),
  cents: (value) => asNumber(value, toCents(value)),
  number: (value, argument) => asNumber(value, toDigits(value.text, Number(argument))),
};

export const MODIFIERS = [...Object.keys(RULES), 'default'] as const;

/** Applies the modifiers in order. Undefined: there is no value, or it is none that the modifier can work on. */
export function modified(
  value: Value | undefined,
  modifiers: readonly Modifier[],
): Value | undefined {
  return modifiers.reduce<Value | undefined>((at, { name, argument }) => {
    if (name === 'default') {
      return at ?? { text: argument, kind: PLAIN_DECIMAL.test(argument) ? 'number' : 'text' };
    }
    return at === undefined ? undefined : RULES[name]?.(at, argument);
  }, value);
}

/** `lower`, `default:0` …: the modifier, or a sentence. */
export function readModifier(text: string): Modifier | string {
  const cut = text.indexOf(':');
  const name = (cut < 0 ? text : text.slice(0, cut)).trim().toLowerCase();
  const argument = cut < 0 ? '' : text.slice(cut + 1);
  if (!MODIFIERS.includes(name)) {
    const near = nearest(name, MODIFIERS);
    return `has the unknown modifier "${name}"; ${near ? `did you mean ${near}?` : `known: ${MODIFIERS.join(', ')}`}`;
  }
  if (name === 'number' && (!/^\d$/.test(argument) || Number(argument) > MAX_DIGITS)) {
    return `needs number:n with n from 0 to ${MAX_DIGITS}`;
  }
  if (name === 'prefix' && argument === '') return 'needs prefix:text';
  if (cut >= 0 && !['number', 'prefix', 'default'].includes(name)) {
    return `has the modifier ${name} with a value, which it does not take`;
  }
  return { name, argument };
}
