import { skip, type CanonicalEvent, type History, type HistoryEntry, type Money } from '#contract';
import { isOnlyCommission } from './create-plan.js';
import { lookupStep } from './create-steps.js';
import { sameCurrency } from './exact.js';
import { readIds } from './ids.js';
import { externalId } from './names.js';
import { siblings } from './parent.js';
import { recalculateStep } from './recalculate-step.js';
import type { TapfiliateSettings } from './settings.js';
import type { Plan, Step } from './step.js';

/** What the sale is worth after the adjustment, never below nothing; undefined when it cannot be told. */
function newWorth(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
  parent: HistoryEntry,
): Money | undefined {
  const { revenue } = event;
  const before = parent.event.revenue;
  if (revenue === null || before === null || !sameCurrency(revenue, before)) return undefined;
  const isDelta = settings.adjustmentAmount === 'delta' || revenue.amount < 0;
  if (!isDelta) return revenue;
  const earlier = siblings('ADJUSTMENT', event, parent, history.entries)
    .filter((entry) => sameCurrency(entry.event.revenue, before))
    .map((entry) => entry.event.revenue?.amount ?? 0)
    .reduce(
      // With totals configured only negative amounts are deltas; a total replaces what was before it.
      (worth, amount) =>
        settings.adjustmentAmount === 'delta' || amount < 0 ? worth + amount : amount,
      before.amount,
    );
  return { amount: Math.max(0, earlier + revenue.amount), currency: before.currency };
}

/** An ADJUSTMENT with money edits the conversion of its sale; others have nothing that Tapfiliate could take. */
export function adjustPlan(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
  parent: HistoryEntry,
): Plan {
  const worth = newWorth(event, settings, history, parent);
  if (worth === undefined || isOnlyCommission(parent, settings, history)) return skip('unmapped');
  const found = history.steps[0]?.remoteIds;
  const asked = found?.['lookedUp'] === undefined ? undefined : found;
  const { conversionId } = readIds(asked ?? parent.remoteIds);
  const find: Step = { ...lookupStep(settings, externalId(parent.event)), kind: 'find' };
  // The stand-in keeps the list open until the answer tells the id.
  if (conversionId === undefined) return [find, find];
  const keep = { saleAmount: String(worth.amount) };
  return [...(asked ? [find] : []), recalculateStep(settings, conversionId, worth, keep)];
}
