import type { CommittedHook } from '../ledger/ledger.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import { FLAG_SENTENCES } from './flags.js';

/** Counts findings of newly written events, so that somebody can be told of a link that was set up wrongly. */
export function countFindings(metrics: Metrics, flags: readonly string[]): void {
  for (const flag of flags) if (Object.hasOwn(FLAG_SENTENCES, flag)) metrics.findings.inc({ flag });
}

/** The same for everything that is committed. */
export const findingsOf =
  (metrics: Metrics): CommittedHook =>
  ({ newEvents }) => {
    for (const { flags } of newEvents) if (flags.length > 0) countFindings(metrics, flags);
  };
