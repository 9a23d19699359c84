import { decimal, skip, type CanonicalEvent, type History, type HistoryEntry } from '#contract';
import { adjustPlan } from './adjust-plan.js';
import { call, Digits } from './api.js';
import { isOnlyCommission, rebilledConversion } from './create-plan.js';
import {
  approvalStep,
  conversionByIdStep,
  customerLookupStep,
  lookupStep,
} from './create-steps.js';
import { remainder } from './exact.js';
import { readIds, writeIds } from './ids.js';
import { groundsOf, type Grounds } from './known.js';
import { customerName, externalId, rebillTag } from './names.js';
import { parentOf, scopeOf, type Scope } from './parent.js';
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
function findStep(reversal: Reversal, scope: Scope): Step {
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
  return { ...asked, kind: 'find', needsAmounts };
}

/** `PATCH /commissions/{id}/` for each commission: the part that the refund leaves. */
function shrinkSteps(reversal: Reversal, scope: Scope & { kind: 'partial' }): Step[] {
  const { event, settings, parent, grounds } = reversal;
  const currency = parent.event.revenue?.currency ?? 'USD';
  const shown = (amount: number): string => decimal({ amount, currency });
  const remark = `Refunded ${shown(scope.refunded)} of ${shown(scope.sale)} ${currency} (${event.id})`;
  const comment = reversal.onlyCommission ? `${rebillTag(parent.event)}; ${remark}` : remark;
  return grounds.known.commissions.flatMap(({ id, amount, currency: own }) => {
    const left = remainder(amount ?? '', own ?? currency, scope.sale, scope.refunded);
    if (left === undefined) return [];
    const fields = { amount: new Digits(left), comment };
    const request = call(settings, { method: 'PATCH', path: ['commissions', id], fields });
    return [{ kind: 'amount', subject: id, request, amount: left, keep: writeIds(grounds.known) }];
  });
}

/** One step for each commission, or one for the conversion when partial refunds are left to Tapfiliate's arithmetic. */
function commissionSteps(reversal: Reversal, scope: Scope): readonly Step[] {
  const { event, settings, grounds } = reversal;
  const keep = writeIds(grounds.known);
  if (scope.kind === 'partial') {
    const { conversionId } = grounds.known;
    if (!recalculates(reversal)) return shrinkSteps(reversal, scope);
    if (conversionId === undefined) return [];
    const left = {
      amount: scope.sale - scope.refunded,
      currency: event.revenue?.currency ?? 'USD',
    };
    return [recalculateStep(settings, conversionId, left, keep)];
  }
  const back = event.type === 'CHARGEBACK_REVERSED' || event.type === 'APPROVED_LEAD';
  return grounds.known.commissions.map(({ id }) =>
    approvalStep(settings, back ? 'approve' : 'disapprove', id, { keep }),
  );
}

/** What follows a question is known only with its answer; until then it stands in for that, to keep the list open. */
const unanswered = (find: Step, others: readonly Step[]): Plan => [
  find,
  ...(others.length > 0 ? others : [find]),
];

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
  const find: Step = { ...customerLookupStep(settings, name), kind: 'find-customer' };
  return steps.length > 0 ? [find, ...steps] : unanswered(find, []);
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
  const parent = parentOf(event, history.entries);
  if (!parent) return skip('parent-not-delivered');
  if (event.type === 'ADJUSTMENT') return adjustPlan(event, settings, history, parent);
  if (parent.event.type === 'LEAD' && settings.customerTrack !== undefined) {
    return customerPlan(event, settings, history, parent);
  }
  const { saleNow } = groundsOf(event, parent, history, false);
  const scope = scopeOf(event, parent, history.entries, saleNow);
  if (scope.kind === 'unclear') return skip('unmapped');
  const edits = scope.kind === 'partial' && settings.refundMode !== 'adjust-amount';
  const grounds = groundsOf(event, parent, history, edits);
  const onlyCommission = isOnlyCommission(parent, settings, history);
  const reversal: Reversal = { event, settings, parent, history, grounds, onlyCommission };
  const customer = customerSteps(event, settings, history);
  const work = commissionSteps(reversal, scope);
  if (grounds.found === undefined && work.length > 0) return [...customer, ...work];
  const find = findStep(reversal, scope);
  return grounds.found === undefined ? unanswered(find, customer) : [find, ...customer, ...work];
}
