import type { Percentiles } from './stats.js';
import type { RunOrder } from './test-bed.js';
import type { Used } from './usage.js';

/** What a run found out. Times in milliseconds. */
export interface Measured extends Used {
  /** Why the figures must not be used; empty when everything that was accepted arrived and is in the books. */
  readonly faults: readonly string[];
  readonly events: number;
  readonly acksPerSecond: number;
  /** Sent, arrived and settled; null without a partner. */
  readonly deliveriesPerSecond: number | null;
  readonly ack: Percentiles;
  /** From the (scheduled) send of the notification to its arrival at the partner. */
  readonly partner: Percentiles | null;
  /** What only this kind of scenario has, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

/** One server, one scenario, one round. */
export interface RunResult extends Measured {
  readonly scenario: string;
  readonly variant: string;
  readonly round: number;
  readonly startMs: number;
  readonly repeats: number;
}

const NONE = { p50: Number.NaN, p95: Number.NaN, p99: Number.NaN };

/** A run that could not be carried through counts as invalid, and the next one goes on. */
export const broken = ({ scenario, variant, round }: RunOrder, error: unknown): RunResult => ({
  scenario: scenario.name,
  variant: variant.name,
  round,
  faults: [error instanceof Error ? error.message : String(error)],
  events: 0,
  acksPerSecond: Number.NaN,
  deliveriesPerSecond: null,
  ack: NONE,
  partner: null,
  cpuServer: Number.NaN,
  cpuMongod: Number.NaN,
  cpuStack: Number.NaN,
  rss: Number.NaN,
  figures: {},
  startMs: Number.NaN,
  repeats: 0,
});
