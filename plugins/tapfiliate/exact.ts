import { currencyExponent } from '#contract';

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
 * What a commission of `original` becomes when `left` of a sale of `base` is left: `original × left / base`, rounded
 * half up to the minor units of the commission's currency. Integers only. `original` is a plain decimal text;
 * `undefined` when it is none, when the sale was worth nothing, or when less than nothing is left.
 */
export function shareOf(
  original: string,
  currency: string,
  left: number,
  base: number,
): string | undefined {
  const from = scaled(original);
  if (!from || base <= 0 || left < 0) return undefined;
  const exponent = currencyExponent(currency);
  const over = from.digits * BigInt(left) * 10n ** BigInt(exponent);
  const under = BigInt(base) * 10n ** BigInt(from.scale);
  return decimalText((2n * over + under) / (2n * under), exponent);
}

/** True when both decimal texts mean the same number: `49.00` and `49`. */
export function sameDecimal(a: string, b: string): boolean {
  const [x, y] = [scaled(a), scaled(b)];
  if (!x || !y) return false;
  return x.digits * 10n ** BigInt(y.scale) === y.digits * 10n ** BigInt(x.scale);
}
