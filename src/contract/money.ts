import type { Money } from './event.js';

/**
 * ISO 4217 minor-unit exponents that differ from 2 (list one of the standard; funds codes left out).
 * Networks that use another exponent on the wire (Stripe sends UGX and ISK with two decimals and MGA with none)
 * say so through `wireExponent`.
 */
const EXPONENTS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
      .split(' ')
      .map((c) => [c, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((c) => [c, 3])),
  CLF: 4,
  UYW: 4,
};

/** The codes that ICU knows, and those above: ICU leaves out units of account such as CLF. */
const CODES: ReadonlySet<string> = new Set([
  ...Intl.supportedValuesOf('currency'),
  ...Object.keys(EXPONENTS),
]);

/** Upper-case ISO 4217 code, or undefined when it is none. */
export function currencyCode(text: string | undefined): string | undefined {
  const code = text?.trim().toUpperCase();
  return code !== undefined && CODES.has(code) ? code : undefined;
}

/** Digits after the decimal point of a currency by ISO 4217: JPY 0, USD 2, KWD 3. */
export const currencyExponent = (code: string): number => EXPONENTS[code] ?? 2;

/**
 * Decimal text to integer minor units, without floats: `money('19.99', 'USD')` → 1999.
 * Trailing zeros beyond the exponent are fine (`'1000.00'` JPY → 1000), other digits are not: `undefined`.
 * A sign is dropped: the event's type says which way the money goes. No thousands separators, no currency signs.
 */
export function money(
  text: string | number | undefined,
  currency: string | undefined,
): Money | undefined {
  const code = currencyCode(currency);
  const parts = /^\s*[+-]?(\d{1,15})(?:\.(\d*))?\s*$/.exec(String(text ?? ''));
  if (!code || !parts) return undefined;
  const exponent = currencyExponent(code);
  const fraction = (parts[2] ?? '').padEnd(exponent, '0');
  if (/[1-9]/.test(fraction.slice(exponent))) return undefined;
  const amount = Number(`${parts[1]}${fraction.slice(0, exponent)}`);
  return Number.isSafeInteger(amount) ? { amount, currency: code } : undefined;
}

/**
 * Integer units of the wire to Money. `wireExponent`: decimals that the network means; default the ISO exponent.
 * `undefined` when it is no integer, or when the network's precision does not fit the currency.
 */
export function minorUnits(
  value: string | number | undefined,
  currency: string | undefined,
  wireExponent?: number,
): Money | undefined {
  const code = currencyCode(currency);
  if (!code || !/^[+-]?\d{1,15}$/.test(String(value ?? ''))) return undefined;
  const shift = currencyExponent(code) - (wireExponent ?? currencyExponent(code));
  const whole = Math.abs(Number(value));
  const amount = shift >= 0 ? whole * 10 ** shift : whole / 10 ** -shift;
  return Number.isSafeInteger(amount) ? { amount, currency: code } : undefined;
}

/** Plain decimal text by the currency's exponent: 1999 USD → `19.99`, 1000 JPY → `1000`. Keeps a minus sign. */
export function decimal(value: Money): string {
  const exponent = currencyExponent(value.currency);
  const digits = String(Math.abs(value.amount)).padStart(exponent + 1, '0');
  const sign = value.amount < 0 ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
