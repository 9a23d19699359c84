import { currencyExponent, type Money } from '#contract';

/** A decimal text as an integer and its number of decimals: `12.5` → 125, 1. */
interface Scaled {
  readonly digits: bigint;
  readonly scale: number;
}

function scaled(text: string): Scaled | undefined {
  const m = /^(\d{1,15})(?:\.(\d{1,15}))?$/.exec(text);
  if (!m) return undefined;
  const fraction = m[2] ?? '';
  return { digits: BigInt(`${m[1]}${fraction}`), scale: fraction.length };
}

function decimalText(units: bigint, exponent: number): string {
  const digits = units.toString().padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/**
 * What is left of a commission after part of the sale was refunded: `original × (sale − refunded) / sale`, rounded
 * half up to the minor units of the commission's currency. Integers only. `original` is a plain decimal text;
 * `undefined` when it is none or the sale is worth nothing.
 */
export function remainder(
  original: string,
  currency: string,
  sale: number,
  refunded: number,
): string | undefined {
  const from = scaled(original);
  if (!from || sale <= 0 || refunded < 0) return undefined;
  const exponent = currencyExponent(currency);
  const left = BigInt(Math.max(0, sale - refunded));
  const over = from.digits * left * 10n ** BigInt(exponent);
  const under = BigInt(sale) * 10n ** BigInt(from.scale);
  return decimalText((2n * over + under) / (2n * under), exponent);
}

/** True when both decimal texts mean the same number: `49.00` and `49`. */
export function sameDecimal(a: string, b: string): boolean {
  const [x, y] = [scaled(a), scaled(b)];
  if (!x || !y) return false;
  return x.digits * 10n ** BigInt(y.scale) === y.digits * 10n ** BigInt(x.scale);
}

export const sameCurrency = (a: Money | null, b: Money | null): boolean =>
  a !== null && b !== null && a.currency === b.currency;
