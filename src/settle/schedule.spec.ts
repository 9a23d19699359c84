import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoff, clampRetryAfter, DEADLINE_MS, GAPS_MS, MAX_TRIES, nextTry } from './schedule.js';

const SECOND = 1000;
const HOUR = 3_600_000;
const BIRTH = Date.parse('2026-11-20T10:00:00.000Z');
const DEADLINE = BIRTH + DEADLINE_MS;

/** Times of all tries of a delivery that never gets through, first one at birth, each taking `tryMs`. */
function tries(random: () => number, tryMs = 0, retryAfterMs?: () => number | undefined): number[] {
  const times: number[] = [];
  for (let at: number | undefined = BIRTH; at !== undefined;) {
    times.push(at);
    const now: number = at + tryMs;
    at = nextTry({
      tries: times.length,
      now,
      deadline: DEADLINE,
      retryAfterMs: retryAfterMs?.(),
      random: random(),
    });
    if (times.length > 1000) throw new Error('never ends');
  }
  return times;
}

/** 0 ≤ x < 1, as Math.random gives it. */
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const randoms = fc.infiniteStream(random);
const drawn = (stream: Iterator<number, unknown>) => (): number => stream.next().value as number;

describe('the gaps', () => {
  it('are nineteen, grow, and fit 72 hours with the last try moved to the deadline', () => {
    expect([MAX_TRIES, DEADLINE_MS, GAPS_MS.length]).toEqual([20, 72 * HOUR, 19]);
    expect(GAPS_MS).toEqual(GAPS_MS.toSorted((a, b) => a - b));
    expect(GAPS_MS.slice(0, 4)).toEqual([5_000, 30_000, 120_000, 600_000]);
    expect(GAPS_MS.at(-1)).toBe(6 * HOUR);
    const withoutLast = GAPS_MS.slice(0, -1).reduce((sum, gap) => sum + gap, 0);
    expect(withoutLast).toBeLessThan(DEADLINE_MS);
  });

  it('have full jitter on the first three and ±20 % on the rest, never under a second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), random, (made, x) => {
        const gap = GAPS_MS[Math.min(made, GAPS_MS.length) - 1] ?? 0;
        const wait = backoff(made, x);
        const low = made <= 3 ? SECOND : 0.8 * gap;
        const high = made <= 3 ? gap : 1.2 * gap;
        expect(wait).toBe(Math.round(wait));
        expect(wait).toBeGreaterThanOrEqual(Math.floor(low));
        expect(wait).toBeLessThanOrEqual(Math.max(SECOND, Math.ceil(high)));
      }),
    );
    expect([backoff(3, 0), backoff(3, 0.5)]).toEqual([SECOND, 60_000]);
    expect([backoff(4, 0), backoff(4, 0.5)]).toEqual([480_000, 600_000]);
    expect(Math.abs(backoff(4, 0.999999) - 720_000)).toBeLessThan(10);
  });
});

describe('the tries of a partner that never answers', () => {
  it('are twenty in 72 hours with mean jitter, the last one on the deadline', () => {
    const times = tries(() => 0.5);
    expect(times).toHaveLength(20);
    expect(times.at(-1)).toBe(DEADLINE);
    const waits = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    const middle = waits.slice(2, -1);
    expect(middle).toEqual(middle.toSorted((a, b) => a - b));
  });

  it('are never more than twenty nor later than the deadline, and end ≥ 71 h after the first, whatever the dice', () => {
    fc.assert(
      fc.property(randoms, fc.integer({ min: 0, max: 20_000 }), (stream, tryMs) => {
        const times = tries(drawn(stream), tryMs);
        const last = times.at(-1) ?? 0;
        const waits = times.slice(1).map((at, i) => at - (times[i] ?? 0));
        expect(times.length).toBeLessThanOrEqual(20);
        expect(times.length).toBeGreaterThanOrEqual(17);
        expect(last).toBeLessThanOrEqual(DEADLINE);
        expect(last - BIRTH).toBeGreaterThanOrEqual(71 * HOUR);
        expect(Math.min(...waits)).toBeGreaterThanOrEqual(SECOND);
      }),
    );
  });

  it('keep within tries and deadline whatever Retry-After says', () => {
    const asked = fc.infiniteStream(
      fc.option(fc.integer({ min: -1, max: 10 * 24 * HOUR }), { nil: undefined }),
    );
    fc.assert(
      fc.property(randoms, asked, (stream, after) => {
        const times = tries(drawn(stream), 0, () => after.next().value as number | undefined);
        const last = times.at(-1) ?? 0;
        expect(times.length).toBeLessThanOrEqual(20);
        expect(last).toBeLessThanOrEqual(DEADLINE);
        expect(last - BIRTH).toBeGreaterThanOrEqual(71 * HOUR);
      }),
    );
  });
});

describe('Retry-After', () => {
  const next = (retryAfterMs: number | undefined, now = BIRTH, made = 1) =>
    nextTry({ tries: made, now, deadline: DEADLINE, retryAfterMs, random: 0 });

  it.each([
    [-5, SECOND],
    [0, SECOND],
    [999, SECOND],
    [90_000, 90_000],
    [6 * HOUR, 6 * HOUR],
    [7 * HOUR, 6 * HOUR],
    [Number.POSITIVE_INFINITY, 6 * HOUR],
  ])('of %p ms waits %p ms', (asked, waits) => {
    expect(clampRetryAfter(asked)).toBe(waits);
    expect(next(asked)).toBe(BIRTH + waits);
  });

  it('never shortens the own schedule', () => {
    expect(next(SECOND, BIRTH, 5)).toBe(BIRTH + 0.8 * 1_800_000);
  });

  it('never leads beyond the deadline', () => {
    expect(next(6 * HOUR, DEADLINE - HOUR)).toBe(DEADLINE);
  });

  it('that is no number changes nothing', () => {
    expect(next(Number.NaN)).toBe(next(undefined));
    expect(next('soon' as unknown as number)).toBe(next(undefined));
    expect(next(null as unknown as number)).toBe(next(undefined));
  });
});

describe('the end', () => {
  const at = (made: number, now: number) =>
    nextTry({ tries: made, now, deadline: DEADLINE, random: 0.5 });

  it('comes with the twentieth try or at the deadline', () => {
    expect(at(20, BIRTH + HOUR)).toBeUndefined();
    expect(at(3, DEADLINE)).toBeUndefined();
    expect(at(3, DEADLINE + HOUR)).toBeUndefined();
    expect(at(3, DEADLINE - 999)).toBeUndefined();
    expect(at(3, DEADLINE - 1001)).toBe(DEADLINE);
  });

  it('moves the twentieth try to the deadline, however early the nineteenth was', () => {
    expect(at(19, BIRTH + HOUR)).toBe(DEADLINE);
  });
});
