import { saleMoney, skip, type CanonicalEvent, type History, type HistoryEntry } from '#contract';
import { isOnlyCommission } from './create-plan.js';
import { approvalStep, lookupStep } from './create-steps.js';
import { readIds } from './ids.js';
import { groundsOf } from './known.js';
import { externalId } from './names.js';
import { recalculateStep } from './recalculate-step.js';
import type { TapfiliateSettings } from './settings.js';
import type { Plan, Step } from './step.js';

/**
 * An ADJUSTMENT with money sets the conversion of its sale to what is left of it: the first amount with every known
 * difference, less the refunds that stood. Others have nothing that Tapfiliate could take. A sale that was wholly
 * refunded before (a refund that failed) is approved again.
 */
export function adjustPlan(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
  parent: HistoryEntry,
): Plan {
  const money = saleMoney(event, parent, history.entries);
  if (!money || isOnlyCommission(parent, settings, history)) return skip('unmapped');
  const { known, found } = groundsOf(event, parent, history, false);
  const stored = readIds(parent.remoteIds).conversionId;
  const lookup = lookupStep(settings, externalId(parent.event));
  const find: readonly Step[] =
    stored === undefined ? [{ ...lookup, kind: 'find', leadsOn: true }] : [];
  const conversionId = stored ?? (found && known.conversionId);
  if (conversionId === undefined) return find;
  const worth = { amount: money.left, currency: money.currency };
  const keep = { saleAmount: String(money.left) };
  const edit = recalculateStep(settings, conversionId, worth, keep);
  if (!money.reopens) return [...find, edit];
  const edited = history.steps[find.length]?.remoteIds;
  const told = edited === undefined ? [] : readIds(edited).commissions;
  const commissions = told.length > 0 ? told : known.commissions;
  const approvals = commissions.map(({ id }) =>
    approvalStep(settings, 'approve', id, { keep: edited ?? keep }),
  );
  return [...find, { ...edit, leadsOn: true }, ...(edited === undefined ? [] : approvals)];
}
