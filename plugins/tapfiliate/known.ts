import type { CanonicalEvent, History, HistoryEntry, RemoteIds } from '#contract';
import { readIds, type Known } from './ids.js';
import { siblings } from './parent.js';

/** What a reversal can work with, and how the sale stands. */
export interface Grounds {
  readonly known: Known;
  /** Worth of the sale in minor units after an adjustment; undefined when it was never adjusted. */
  readonly saleNow: number | undefined;
  /** The answer of the `find` step, when this delivery had to ask. */
  readonly found: RemoteIds | undefined;
}

const usable = (known: Known, withAmounts: boolean): boolean =>
  known.commissions.length > 0 &&
  (!withAmounts ||
    known.commissions.every(
      ({ amount, currency }) => amount !== undefined && currency !== undefined,
    ));

/**
 * The commissions of the parent with their amounts before any refund: as a recalculation left them, else as the
 * sale's delivery stored them, else as an earlier reversal noted them, else as asked for now. Computing from the
 * first amounts, never from the present ones, is what keeps a repeat from shrinking a commission twice.
 */
export function groundsOf(
  event: CanonicalEvent,
  parent: HistoryEntry,
  history: History,
  withAmounts: boolean,
): Grounds {
  const { entries, steps } = history;
  const asked = steps[0]?.remoteIds;
  const found = asked?.['lookedUp'] === undefined ? undefined : asked;
  const adjusted = siblings('ADJUSTMENT', event, parent, entries)
    .filter(({ remoteIds }) => remoteIds['saleAmount'] !== undefined)
    .reverse();
  const noted = siblings('REFUND', event, parent, entries);
  const stored = [...adjusted, parent, ...noted].map(({ remoteIds }) => readIds(remoteIds));
  const known = (found ? readIds(found) : undefined) ??
    stored.find((ids) => usable(ids, withAmounts)) ?? {
      conversionId: readIds(parent.remoteIds).conversionId,
      commissions: [],
    };
  const saleNow = Number(adjusted[0]?.remoteIds['saleAmount']);
  return { known, found, saleNow: Number.isSafeInteger(saleNow) ? saleNow : undefined };
}
