import { minorUnits, text, type Money } from '#contract';

/**
 * Decimals of Stripe's own amounts (its page "Supported currencies"). They differ from ISO 4217: ISK and UGX are
 * sent with two decimals although they have none, MGA with none although it has two.
 */
const ZERO: ReadonlySet<string> = new Set(
  'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '),
);
const THREE: ReadonlySet<string> = new Set('BHD JOD KWD OMR TND'.split(' '));

const wireDecimals = (code: string): number => (ZERO.has(code) ? 0 : THREE.has(code) ? 3 : 2);

/** A Stripe amount as ISO minor units; undefined when amount or currency is unreadable, or when they do not fit. */
export function stripeMoney(amount: unknown, currency: unknown): Money | undefined {
  const code = text(currency)?.toUpperCase();
  return code === undefined ? undefined : minorUnits(text(amount), code, wireDecimals(code));
}
