import { describe, expect, it } from '@jest/globals';
import { UnverifiedLimit } from './unverified-limit.js';

const NOW = 1_795_168_800_000;

/** Failures until the limit speaks. */
function failures(limit: UnverifiedLimit, caller: string, now = NOW): number {
  for (let made = 0; made < 1000; made += 1) if (limit.fails(caller, now)) return made;
  return Number.POSITIVE_INFINITY;
}

describe('failures of a caller', () => {
  it('are sixty in a burst, and two more with every second', () => {
    const limit = new UnverifiedLimit();
    expect(failures(limit, 'a')).toBe(60);
    expect(failures(limit, 'a')).toBe(0);
    expect(failures(limit, 'a', NOW + 1000)).toBe(2);
    expect(failures(limit, 'a', NOW + 11_000)).toBe(20);
  });

  it('never earn more than one burst', () => {
    const limit = new UnverifiedLimit();
    failures(limit, 'a');
    expect(failures(limit, 'a', NOW + 86_400_000)).toBe(60);
  });

  it('are nobody else’s', () => {
    const limit = new UnverifiedLimit();
    failures(limit, 'a|shop');
    expect([limit.fails('b|shop', NOW), limit.fails('a|other', NOW)]).toEqual([false, false]);
    expect(limit.fails('a|shop', NOW)).toBe(true);
  });

  it('of many callers are kept within bounds, the oldest forgotten', () => {
    const limit = new UnverifiedLimit();
    failures(limit, 'first');
    for (let i = 0; i < 20_000; i += 1) limit.fails(`c${i}`, NOW);
    expect(limit.fails('first', NOW)).toBe(false);
    expect((limit as unknown as { buckets: Map<string, unknown> }).buckets.size).toBe(20_000);
  });

  it('tells beforehand whose next failure would be too many, without counting it', () => {
    const limit = new UnverifiedLimit();
    expect(limit.exhausted('a', 0)).toBe(false);
    for (let i = 0; i < 60; i += 1) expect(limit.fails('a', 0)).toBe(false);
    expect([limit.exhausted('a', 0), limit.exhausted('a', 0)]).toEqual([true, true]);
    expect(limit.exhausted('a', 500)).toBe(false);
    expect(limit.exhausted('b', 0)).toBe(false);
  });
});
