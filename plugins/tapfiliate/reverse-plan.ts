import {
  decimal,
  deliveredParent,
  refundScope,
  skip,
  type CanonicalEvent,
  type History,
  type HistoryEntry,
  type RefundScope,
} from '#contract';
import { adjustPlan } from './adjust-plan.js';
import { call, Digits } from './api.js';
import { isOnlyCommission, rebilledConversion } from './create-plan.js';
import {
  approvalStep,
  conversionByIdStep,
  customerLookupStep,
  lookupStep,
} from './create-steps.js';
import { shareOf } from './exact.js';
import { readIds, writeIds } from './ids.js';
import { groundsOf, noteOf, type Grounds } from './known.js';
import { customerName, externalId, rebillTag } from './names.js';
import { recalculateStep } from './recalculate-step.js';
import type { TapfiliateSettings } from './settings.js';
import type { Plan, Step } from './step.js';

interface Reversal {
  readonly event: CanonicalEvent;
  readonly settings: TapfiliateSettings;
  readonly parent: HistoryEntry;
  readonly history: History;
  readonly grounds: Grounds;
  /** The parent is a rebill that hangs on the conversion of its sale. */
  readonly onlyCommission: boolean;
}

/** Partial refunds are left to Tapfiliate's own arithmetic. */
const recalculates = (reversal: Reversal): boolean =>
  reversal.settings.refundMode === 'adjust-amount' && !reversal.onlyCommission;

/** Asks for the conversion of the parent: by its id where known, else by our name for it. */
function findStep(reversal: Reversal, scope: RefundScope): Step {
  const { parent, settings, onlyCommission } = reversal;
  const needsAmounts = scope.kind === 'partial' && !recalculates(reversal);
  const tag = onlyCommission ? rebillTag(parent.event) : undefined;
  // Not from the answer: the question must stay the same after it was answered.
  const conversionId = onlyCommission
    ? rebilledConversion(parent.event, settings, reversal.history)
    : readIds(parent.remoteIds).conversionId;
  const asked =
    conversionId === undefined
      ? lookupStep(settings, externalId(parent.event), tag)
      : conversionByIdStep(settings, conversionId, tag);
  return { ...asked, kind: 'find', needsAmounts, leadsOn: true };
}

/** `PATCH /commissions/{id}/` for each commission: the part that the refund leaves. */
function shrinkSteps(reversal: Reversal, scope: RefundScope & { kind: 'partial' }): Step[] {
  const { event, settings, parent, grounds } = reversal;
  const { currency } = scope;
  const shown = (amount: number): string => decimal({ amount, currency });
  const remark = `Refunded ${shown(scope.refunded)} of ${shown(scope.worth)} ${currency} (${event.id})`;
  const keep = noteOf(grounds, parent);
  const comment = reversal.onlyCommission ? `${rebillTag(parent.event)}; ${remark}` : remark;
  return grounds.known.commissions.flatMap(({ id, amount, currency: own }) => {
    const left = shareOf(amount ?? '', own ?? currency, scope.left, grounds.base);
    if (left === undefined) return [];
    const fields = { amount: new Digits(left), comment };
    const request = call(settings, { method: 'PATCH', path: ['commissions', id], fields });
    return [{ kind: 'amount', subject: id, request, amount: left, keep }];
  });
}

/** One step for each commission, or one for the conversion when partial refunds are left to Tapfiliate's arithmetic. */
function commissionSteps(reversal: Reversal, scope: RefundScope): readonly Step[] {
  const { event, settings, parent, grounds } = reversal;
  if (scope.kind === 'partial') {
    const { conversionId } = grounds.known;
    if (!recalculates(reversal)) return shrinkSteps(reversal, scope);
    if (conversionId === undefined) return [];
    const left = { amount: scope.left, currency: scope.currency };
    return [recalculateStep(settings, conversionId, left, writeIds(grounds.known))];
  }
  const back = event.type === 'CHARGEBACK_REVERSED' || event.type === 'APPROVED_LEAD';
  const keep = noteOf(grounds, parent);
  return grounds.known.commissions.map(({ id }) =>
    approvalStep(settings, back ? 'approve' : 'disapprove', id, { keep }),
  );
}

/** The order's lead, when it became a customer: cancelling ends the customer's status too. */
function customerSteps(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): readonly Step[] {
  if (event.type !== 'CANCELED' && event.type !== 'REJECTED_LEAD') return [];
  const lead = history.entries.findLast(({ remoteIds }) => remoteIds['customerId'] !== undefined);
  const told = lead?.remoteIds['customerId'] ?? history.steps[0]?.remoteIds['customerId'];
  if (typeof told !== 'string') return [];
  const path = ['customers', told, 'status'];
  const request = call(settings, { method: 'DELETE', path });
  return [{ kind: 'customer-status', subject: told, request, keep: { customerId: told } }];
}

/** A lead that was delivered as a customer: no commission hangs on it yet. */
function customerPlan(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
  parent: HistoryEntry,
): Plan {
  const steps = customerSteps(event, settings, history);
  if (event.type !== 'CANCELED' && event.type !== 'REJECTED_LEAD') return skip('unmapped');
  const name = customerName(parent.event);
  if (parent.remoteIds['customerId'] !== undefined || name === undefined) {
    return steps.length > 0 ? steps : skip('unmapped');
  }
  const lookup = customerLookupStep(settings, name);
  return [{ ...lookup, kind: 'find-customer', leadsOn: true }, ...steps];
}

/**
 * Requests that take back, give back or change what was told before. The first step asks for the commission ids
 * when no earlier delivery of ours stored them; the others follow once they are known.
 */
export function reversePlan(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): Plan {
  if (event.type === 'CANCELED' && settings.canceled === 'ignore') return skip('unmapped');
  const parent = deliveredParent(event, history.entries);
  if (!parent) return skip('parent-not-delivered');
  if (event.type === 'ADJUSTMENT') return adjustPlan(event, settings, history, parent);
  if (parent.event.type === 'LEAD' && settings.customerTrack !== undefined) {
    return customerPlan(event, settings, history, parent);
  }
  const scope = refundScope(event, parent, history.entries);
  if (scope.kind === 'unclear') return skip('unmapped');
  const edits = scope.kind === 'partial' && settings.refundMode !== 'adjust-amount';
  const grounds = groundsOf(event, parent, history, edits);
  const onlyCommission = isOnlyCommission(parent, settings, history);
  const reversal: Reversal = { event, settings, parent, history, grounds, onlyCommission };
  const customer = customerSteps(event, settings, history);
  const work = commissionSteps(reversal, scope);
  if (grounds.found === undefined && work.length > 0) return [...customer, ...work];
  return [findStep(reversal, scope), ...customer, ...(grounds.found === undefined ? [] : work)];
}
