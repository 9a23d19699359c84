import { isReversal, type CanonicalEvent, type History } from '#contract';
import { customerLookupStep, lookupStep } from './create-steps.js';
import { customerName, externalId, rebillTag } from './names.js';
import { parentOf } from './parent.js';
import { approvesLead } from './plan.js';
import type { TapfiliateSettings } from './settings.js';
import type { Step } from './step.js';

/** True while this delivery has still to create something that can be asked for by name. */
function creates(event: CanonicalEvent, settings: TapfiliateSettings, history: History): boolean {
  if (event.type === 'CLICK' || isReversal(event.type)) return false;
  const answered = history.steps.some(
    ({ remoteIds }) =>
      remoteIds['absentAt'] === undefined && remoteIds['saleConversionId'] === undefined,
  );
  return !answered && !approvesLead(event, settings, history);
}

/**
 * The question that the core asks after an attempt of unknown fate, without looking at attribution: the name alone
 * finds it. Null where a repeat does no harm: a click, an update, or a create that has answered already.
 */
export function lookupOf(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): Step | null {
  if (!creates(event, settings, history)) return null;
  if (event.type === 'LEAD' && settings.customerTrack !== undefined) {
    const name = customerName(event);
    return name === undefined ? null : customerLookupStep(settings, name);
  }
  if (event.type === 'REBILL' && settings.rebill === 'commission') {
    const sale = parentOf(event, history.entries);
    const external = sale ? externalId(sale.event) : (event.order?.id ?? event.id);
    return lookupStep(settings, external, rebillTag(event));
  }
  return lookupStep(settings, externalId(event));
}
