import type { RunResult } from './run.js';
import { throughput } from './report.js';
import { spread } from './stats.js';

/** A promise about the figures, and whether this bench kept it. */
export interface Mark {
  readonly verdict: 'PASS' | 'FAIL' | 'not measured';
  readonly text: string;
}

/** Framework, plugins, logs and metrics may cost at most half of what the bare shape delivers. */
const LEAST_RATIO = 0.5;
const MOST_RSS_MB = 220;

const judged = (kept: boolean | undefined): Mark['verdict'] =>
  kept === undefined ? 'not measured' : kept ? 'PASS' : 'FAIL';

/** Round by round, because the machine drifts: a ratio inside one round is worth more than one of two medians. */
function ratios(results: readonly RunResult[]): number[] {
  const runs = results.filter((run) => run.scenario === 'e2e' && run.faults.length === 0);
  return runs
    .filter((run) => run.variant === 'waybill')
    .flatMap((run) => {
      const other = runs.find((one) => one.variant === 'ids' && one.round === run.round);
      return other ? [throughput(run) / throughput(other)] : [];
    });
}

export function marksOf(results: readonly RunResult[]): readonly Mark[] {
  const all = ratios(results);
  const ratio = all.length > 0 ? spread(all).median : undefined;
  const sizes = results
    .filter((run) => run.variant === 'waybill' && !Number.isNaN(run.rss))
    .map((run) => run.rss);
  const rss = sizes.length > 0 ? Math.max(...sizes) : undefined;
  return [
    {
      verdict: judged(ratio === undefined ? undefined : ratio >= LEAST_RATIO),
      text: `waybill / ids end to end ${ratio?.toFixed(2) ?? '–'} (mark: at least ${LEAST_RATIO})`,
    },
    {
      verdict: judged(rss === undefined ? undefined : rss < MOST_RSS_MB),
      text: `greatest RSS of waybill ${rss ?? '–'} MB (mark: below ${MOST_RSS_MB})`,
    },
  ];
}
