import type { Clock } from '../platform/clock/clock.js';

/** A clock that only moves when told to. */
export interface FakeClock extends Clock {
  /** Moves on by milliseconds. */
  advance(ms: number): void;
  /** Jumps to epoch milliseconds or an ISO time. */
  set(to: number | string): void;
}

/** A stopped clock, by default at 2026-11-20T10:00:00.000Z. */
export function fakeClock(start: number | string = '2026-11-20T10:00:00.000Z'): FakeClock {
  const read = (at: number | string): number => (typeof at === 'number' ? at : Date.parse(at));
  let now = read(start);
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    set: (to) => {
      now = read(to);
    },
  };
}
