import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sameDecimal, shareOf } from './exact.js';

describe('shareOf', () => {
  it.each([
    ['12.25', 'USD', 3900, 4900, '9.75'],
    ['0.10', 'USD', 2, 3, '0.07'],
    ['1.005', 'USD', 100, 100, '1.01'],
    ['1103', 'JPY', 2000, 3000, '735'],
    ['1.234', 'KWD', 1000, 2000, '0.617'],
    ['10', 'USD', 0, 100, '0.00'],
    ['12.25', 'USD', 5900, 4900, '14.75'],
  ])('of %s %s, with %i left of %i: %s', (original, currency, left, base, share) => {
    expect(shareOf(original, currency, left, base)).toBe(share);
  });

  it.each(['', '-1', '1e3', '1,5', 'NaN', '1.'])('says nothing about %j', (original) => {
    expect(shareOf(original, 'USD', 50, 100)).toBeUndefined();
  });

  it.each([
    [50, 0],
    [-1, 100],
  ])('says nothing about %i left of %i', (left, base) => {
    expect(shareOf('10', 'USD', left, base)).toBeUndefined();
  });

  it('is never more than there was of a part, and grows with what is left', () => {
    const cents = fc.integer({ min: 1, max: 1_000_000_000 });
    fc.assert(
      fc.property(cents, cents, cents, cents, (original, base, a, b) => {
        const text = `${Math.floor(original / 100)}.${String(original % 100).padStart(2, '0')}`;
        const share = (left: number) => Number(shareOf(text, 'USD', left, base)?.replace('.', ''));
        const [less, more] = [Math.min(a, b, base), Math.min(Math.max(a, b), base)];
        expect(share(base)).toBe(original);
        expect(share(more)).toBeLessThanOrEqual(original);
        expect(share(less)).toBeLessThanOrEqual(share(more));
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
