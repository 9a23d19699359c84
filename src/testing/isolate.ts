/** Freezes plain data to the bottom; byte arrays cannot be frozen and are left to `sameBytes`. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}

const RealDate = Date;

/** A Date whose "now" stands still at `now`. */
function stoppedDate(now: number): DateConstructor {
  return class extends RealDate {
    constructor(...parts: unknown[]) {
      if (parts.length === 0) super(now);
      else super(...(parts as [number]));
    }

    static override now(): number {
      return now;
    }
  } as DateConstructor;
}

/** An outside that a plugin might secretly read: its clock, its dice, its network. */
export interface Ambience {
  /** Epoch milliseconds. */
  readonly now: number;
  /** What Math.random gives. */
  readonly random: number;
}

/** Two worlds that differ in everything a pure function may not see. */
export const TWO_WORLDS: readonly [Ambience, Ambience] = [
  { now: RealDate.UTC(2026, 10, 20, 10), random: 0.125 },
  { now: RealDate.UTC(2031, 1, 3, 4, 5, 6), random: 0.875 },
];

/**
 * Runs `work` in a world of the given clock and dice; `fetch` throws there. A pure function gives the same result in
 * any two worlds. Synchronous only: everything is put back before this returns.
 */
export function inWorld<T>(world: Ambience, work: () => T): T {
  const kept = { Date: globalThis.Date, random: Math.random, fetch: globalThis.fetch };
  globalThis.Date = stoppedDate(world.now);
  Math.random = () => world.random;
  globalThis.fetch = () => {
    throw new Error('a plugin must not fetch');
  };
  try {
    return work();
  } finally {
    globalThis.Date = kept.Date;
    Math.random = kept.random;
    globalThis.fetch = kept.fetch;
  }
}
