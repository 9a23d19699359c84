import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { remainder, sameDecimal } from './exact.js';

describe('remainder', () => {
  it.each([
    ['12.25', 'USD', 4900, 1000, '9.75'],
    ['0.10', 'USD', 3, 1, '0.07'],
    ['1.005', 'USD', 100, 0, '1.01'],
    ['1103', 'JPY', 3000, 1000, '735'],
    ['1.234', 'KWD', 2000, 1000, '0.617'],
    ['10', 'USD', 100, 250, '0.00'],
  ])('leaves of %s %s, sale %i, refunded %i: %s', (original, currency, sale, refunded, left) => {
    expect(remainder(original, currency, sale, refunded)).toBe(left);
  });

  it.each(['', '-1', '1e3', '1,5', 'NaN', '1.'])('says nothing about %j', (original) => {
    expect(remainder(original, 'USD', 100, 50)).toBeUndefined();
  });

  it('never leaves more than there was, and never gains by a larger refund', () => {
    const cents = fc.integer({ min: 1, max: 1_000_000_000 });
    fc.assert(
      fc.property(cents, cents, cents, cents, (original, sale, a, b) => {
        const text = `${Math.floor(original / 100)}.${String(original % 100).padStart(2, '0')}`;
        const left = (refunded: number) =>
          Number(remainder(text, 'USD', sale, refunded)?.replace('.', ''));
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(left(0)).toBe(original);
        expect(left(less)).toBeLessThanOrEqual(original);
        expect(left(more)).toBeLessThanOrEqual(left(less));
      }),
    );
  });
});

describe('sameDecimal', () => {
  it('compares numbers, not spellings', () => {
    expect(sameDecimal('49', '49.00')).toBe(true);
    expect(sameDecimal('49.01', '49.1')).toBe(false);
    expect(sameDecimal('x', 'x')).toBe(false);
  });
});
