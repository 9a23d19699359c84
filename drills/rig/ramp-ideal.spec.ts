import { describe, expect, it } from '@jest/globals';
import { idealDrainS } from './ramp-ideal.js';

describe('the ideal time of a drain', () => {
  it('without a ramp worth the name is requests by rate', () => {
    expect(idealDrainS(5000, 50, 0.001)).toBeCloseTo(100, 0);
  });

  it('loses 45 % of the ramp: a rate that grows from a tenth to the whole', () => {
    expect(idealDrainS(20_000, 50, 120)).toBeCloseTo(400 + 0.45 * 120, 0);
  });

  it('is longer within the ramp than the rate alone would say', () => {
    // 0.1 t + 0.00375 t² = 20
    expect(idealDrainS(1000, 50, 120)).toBeCloseTo(60.9, 0);
  });
});
