import type { FaultPointName } from '../../src/platform/fault/fault-point.js';

/** A moment at which a process dies, and what would be lost if nothing looked after it. */
export interface CrashWindow {
  /** Number of the window in the design; W0 is before anything was kept. */
  readonly id: string;
  /** The point inside the gateway at which it kills itself; without one the rig does it. */
  readonly point?: FaultPointName;
  readonly name: string;
  /** Partners fail the first try of every fifth delivery, so that there are retries and sweeps. */
  readonly stumbles?: boolean;
  /** Milliseconds that partners think, so that a crash can come in between. */
  readonly partnerMs?: number;
  /** Beside the process, Redis loses everything. */
  readonly flush?: boolean;
  /** What the rig does to MongoDB before it kills. */
  readonly store?: 'refuses-rows' | 'refuses-outcomes';
  /** Nothing but the next look after a minute finds what was left. */
  readonly minute?: true;
}

const at = (id: string, point: FaultPointName, more: Partial<CrashWindow> = {}): CrashWindow => ({
  id,
  point,
  name: point,
  ...more,
});

export const CRASH_WINDOWS: readonly CrashWindow[] = [
  at('W0', 'before-commit'),
  at('W1', 'after-commit'),
  at('W2', 'after-answer'),
  { id: 'W3', name: 'receipts and events kept, rows not', store: 'refuses-rows', minute: true },
  at('W4', 'before-enqueue'),
  at('W5', 'after-enqueue', { name: 'job in Redis, and Redis loses it', flush: true }),
  at('W6', 'after-claim'),
  at('W6', 'before-send'),
  at('W7', 'after-send'),
  at('W7', 'before-settle'),
  at('W8', 'after-settle'),
  { id: 'W9', name: 'the outcome cannot be kept', partnerMs: 500, store: 'refuses-outcomes' },
  at('W10', 'after-settle', {
    name: 'a failed try is kept, its retry is not asked for',
    stumbles: true,
  }),
  at('W11', 'after-sweep', { name: 'swept, not handed on', stumbles: true, minute: true }),
];
