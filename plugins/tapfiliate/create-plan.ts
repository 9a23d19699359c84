import {
  deliveredParent,
  type CanonicalEvent,
  type History,
  type HistoryEntry,
  type Skip,
} from '#contract';
import {
  approvalStep,
  clickStep,
  commissionStep,
  conversionStep,
  customerStep,
} from './create-steps.js';
import { readIds } from './ids.js';
import type { TapfiliateSettings } from './settings.js';
import type { Plan, Step } from './step.js';

const isStep = (value: Step | Skip): value is Step => 'kind' in value;

/**
 * The conversion of the sale on which a rebill may hang a further commission; undefined when it becomes a conversion
 * of its own: by the settings, or because no delivery of ours has told the id.
 */
export function rebilledConversion(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): string | undefined {
  if (event.type !== 'REBILL' || settings.rebill !== 'commission') return undefined;
  const sale = deliveredParent(event, history.entries);
  return sale?.event.type === 'SALE' ? readIds(sale.remoteIds).conversionId : undefined;
}

/** True when a delivered rebill exists only as a commission on the conversion of its sale. */
export function isOnlyCommission(
  parent: HistoryEntry,
  settings: TapfiliateSettings,
  history: History,
): boolean {
  const onto = rebilledConversion(parent.event, settings, history);
  const own = readIds(parent.remoteIds).conversionId;
  return onto !== undefined && (own === undefined || own === onto);
}

function createStep(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): Step | Skip {
  if (event.type === 'CLICK') return clickStep(event, settings);
  if (event.type === 'LEAD' && settings.customerTrack !== undefined) {
    return customerStep(event, settings, history);
  }
  const onto = rebilledConversion(event, settings, history);
  return onto === undefined
    ? conversionStep(event, settings, history)
    : commissionStep(event, settings, onto);
}

const approves = (event: CanonicalEvent, settings: TapfiliateSettings): boolean =>
  event.type === 'APPROVED_LEAD' || (settings.autoApprove === true && event.type !== 'CLICK');

/** Requests that tell Tapfiliate something new, and the approval of what came of it. */
export function createPlan(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): Plan {
  const create = createStep(event, settings, history);
  if (!isStep(create)) return create;
  if (!approves(event, settings) || create.kind === 'customer') return [create];
  // Which commissions there are is known after the create.
  const keep = history.steps[0]?.remoteIds ?? {};
  const approvals = readIds(keep).commissions.map(({ id }) =>
    approvalStep(settings, 'approve', id, { keep, extra: true }),
  );
  return [{ ...create, leadsOn: true }, ...approvals];
}
