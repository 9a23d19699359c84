import type { Check, Drill, Verdict } from './rig/drill.js';

/** One drill of a run, as it stands in the result file. */
export interface DrillResult {
  readonly id: string;
  readonly title: string;
  readonly bar: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
  readonly checks: readonly Check[];
  readonly facts: Readonly<Record<string, number | string>>;
  readonly skipped?: string;
}

export function resultOf({ id, title, bar }: Drill, verdict: Verdict, ms: number): DrillResult {
  const { checks, facts, skipped } = verdict;
  const holds = checks.length > 0 && checks.every(({ ok }) => ok);
  return {
    id,
    title,
    bar,
    outcome: skipped !== undefined ? 'skipped' : holds ? 'passed' : 'failed',
    seconds: Math.round(ms / 100) / 10,
    checks,
    facts,
    ...(skipped === undefined ? {} : { skipped }),
  };
}

/** A drill that could not be carried through has failed; what stopped it is its only check. */
export const brokenBy = (error: unknown): Verdict => ({
  checks: [
    {
      name: 'ran to its end',
      ok: false,
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    },
  ],
  facts: {},
});
