import { deliveredParent, isReversal, type CanonicalEvent, type History } from '#contract';
import { createPlan } from './create-plan.js';
import { reversePlan } from './reverse-plan.js';
import type { TapfiliateSettings } from './settings.js';
import type { Plan } from './step.js';

/**
 * An approved lead is the approval of the conversion that its lead became. Without one (never sent, or sent as a
 * customer) it becomes a conversion of its own, approved at once.
 */
export function approvesLead(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): boolean {
  if (event.type !== 'APPROVED_LEAD') return false;
  const lead = deliveredParent(event, history.entries);
  return (
    lead !== undefined && !(lead.event.type === 'LEAD' && settings.customerTrack !== undefined)
  );
}

/** Every request that this event needs as far as it is known by now, in order; the same inputs give the same list. */
export function plan(event: CanonicalEvent, settings: TapfiliateSettings, history: History): Plan {
  return isReversal(event.type) || approvesLead(event, settings, history)
    ? reversePlan(event, settings, history)
    : createPlan(event, settings, history);
}
