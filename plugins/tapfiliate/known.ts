import {
  otherChanges,
  type CanonicalEvent,
  type History,
  type HistoryEntry,
  type RemoteIds,
} from '#contract';
import { readIds, writeIds, type Known } from './ids.js';

/** What a reversal can work with. */
export interface Grounds {
  readonly known: Known;
  /** What the sale was worth, in minor units, when the known commissions had their amounts. */
  readonly base: number;
  /** The answer of the `find` step, when this delivery had to ask. */
  readonly found: RemoteIds | undefined;
}

const usable = (known: Known, withAmounts: boolean): boolean =>
  known.commissions.length > 0 &&
  (!withAmounts ||
    known.commissions.every(
      ({ amount, currency }) => amount !== undefined && currency !== undefined,
    ));

/** A recalculation noted its amount; without a note it is the first amount of the sale. */
function baseOf(ids: RemoteIds | undefined, parent: HistoryEntry): number {
  const noted = Number(ids?.['saleAmount']);
  return Number.isSafeInteger(noted) ? noted : (parent.event.revenue?.amount ?? 0);
}

/**
 * The commissions of the parent with their amounts before any refund: as a recalculation left them, else as the
 * sale's delivery stored them, else as an earlier reversal noted them, else as asked for now. Computing from those
 * amounts and their base, never from the present ones, is what keeps a repeat from shrinking a commission twice.
 */
export function groundsOf(
  event: CanonicalEvent,
  parent: HistoryEntry,
  history: History,
  withAmounts: boolean,
): Grounds {
  const { entries, steps } = history;
  const asked = steps[0]?.remoteIds;
  const adjusted = otherChanges('ADJUSTMENT', event, parent, entries)
    .filter(({ remoteIds }) => remoteIds['saleAmount'] !== undefined)
    .reverse();
  if (asked?.['lookedUp'] !== undefined) {
    return { known: readIds(asked), base: baseOf(adjusted[0]?.remoteIds, parent), found: asked };
  }
  const noted = otherChanges('REFUND', event, parent, entries);
  const stored = [...adjusted, parent, ...noted].map(({ remoteIds }) => ({
    known: readIds(remoteIds),
    base: baseOf(remoteIds, parent),
    found: undefined,
  }));
  const { conversionId } = readIds(parent.remoteIds);
  return (
    stored.find(({ known, base }) => usable(known, withAmounts) && (base > 0 || !withAmounts)) ?? {
      known: { conversionId, commissions: [] },
      base: baseOf(undefined, parent),
      found: undefined,
    }
  );
}

/** What to store of it, so that a later reversal need not ask. */
export function noteOf({ known, base }: Grounds, parent: HistoryEntry): RemoteIds {
  const isFirst = base === baseOf(undefined, parent);
  return { ...writeIds(known), ...(isFirst ? {} : { saleAmount: String(base) }) };
}
