const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A delivery is tried for so long, counted from its birth, pauses of its target left out. */
export const DEADLINE_MS = 72 * HOUR;

/** At most so many tries. */
export const MAX_TRIES = 20;

/** Waits after the first, second … nineteenth try; the last try is moved to the end of the 72 hours. */
export const GAPS_MS: readonly number[] = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  ...Array.from({ length: 11 }, () => 6 * HOUR),
];

const FULL_JITTER = 3;

/** A wait that a partner asks for is kept within these bounds. */
export const clampRetryAfter = (ms: number): number => Math.min(Math.max(ms, SECOND), 6 * HOUR);

/**
 * The wait before the next try: full jitter on the first three gaps, ±20 % on the rest, so that deliveries which failed
 * together do not come back together. `tries`: how many were made. `random`: 0 ≤ x < 1.
 * Source: AWS Architecture Blog, "Exponential Backoff and Jitter".
 */
export function backoff(tries: number, random: number): number {
  const gap = GAPS_MS[Math.min(tries, GAPS_MS.length) - 1] ?? SECOND;
  const factor = tries <= FULL_JITTER ? random : 0.8 + 0.4 * random;
  return Math.max(SECOND, Math.round(gap * factor));
}

export interface NextTry {
  readonly tries: number;
  /** Epoch ms. */
  readonly now: number;
  /** End of the 72 unpaused hours, epoch ms. */
  readonly deadline: number;
  readonly retryAfterMs?: number | undefined;
  readonly random: number;
}

/** When to try again, epoch ms; undefined: the time or the tries are used up. The last try falls on the deadline itself. */
export function nextTry({
  tries,
  now,
  deadline,
  retryAfterMs,
  random,
}: NextTry): number | undefined {
  if (tries >= MAX_TRIES || now >= deadline - SECOND) return undefined;
  // What a plugin read may be no number at all, and must not become a time that is none.
  const asked = typeof retryAfterMs === 'number' && !Number.isNaN(retryAfterMs);
  const wait = Math.max(backoff(tries, random), asked ? clampRetryAfter(retryAfterMs) : 0);
  // The nineteenth wait always ends at the deadline: the partner gets its last chance as late as promised.
  return tries >= MAX_TRIES - 1 ? deadline : Math.min(now + wait, deadline);
}
