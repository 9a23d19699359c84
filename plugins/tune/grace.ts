import type { Sent } from '#contract';

const GRACE_MS = 10 * 60_000;
/** Clocks differ a little; a time further ahead is wrong, and would never come to an end. */
const AHEAD_MS = 60_000;
const LADDER_MS = [15_000, 60_000, 300_000] as const;

/**
 * Milliseconds to wait for what the network may still be writing down. Undefined when waiting is over: ten minutes
 * after the ISO time `since`, or when that lies in the future.
 */
export function graceMs(since: string, sent: Sent): number | undefined {
  const age = sent.history.now - Date.parse(since);
  if (!(age >= -AHEAD_MS && age < GRACE_MS)) return undefined;
  return LADDER_MS[Math.min(Math.max(sent.attempt, 1), LADDER_MS.length) - 1];
}
