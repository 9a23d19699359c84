import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { slopeOf } from './slope.js';

describe('the slope of points', () => {
  const whole = fc.integer({ min: -1000, max: 1000 });

  it('is that of the line on which they lie', () => {
    fc.assert(
      fc.property(whole, whole, fc.uniqueArray(whole, { minLength: 2 }), (slope, base, xs) => {
        expect(slopeOf(xs.map((x) => ({ x, y: base + slope * x })))).toBeCloseTo(slope, 6);
      }),
    );
  });

  it('does not follow noise that goes both ways', () => {
    const saw = Array.from({ length: 101 }, (_, x) => ({ x, y: x % 2 === 0 ? 100 : 110 }));
    expect(Math.abs(slopeOf(saw))).toBeLessThan(0.01);
  });

  it('is none of a single place', () => {
    expect(slopeOf([])).toBeNaN();
    expect(slopeOf([{ x: 1, y: 1 }])).toBeNaN();
    expect(slopeOf([1, 2].map((y) => ({ x: 5, y })))).toBeNaN();
  });
});
