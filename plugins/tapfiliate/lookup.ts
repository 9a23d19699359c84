import { isReversal, type CanonicalEvent, type History } from '#contract';
import { rebilledConversion } from './create-plan.js';
import { conversionByIdStep, customerLookupStep, lookupStep } from './create-steps.js';
import { customerName, externalId, rebillTag } from './names.js';
import { approvesLead } from './plan.js';
import type { TapfiliateSettings } from './settings.js';
import type { Step } from './step.js';

/** True while this delivery has still to create something that can be asked for by name. */
const creates = (event: CanonicalEvent, settings: TapfiliateSettings, history: History): boolean =>
  event.type !== 'CLICK' &&
  !isReversal(event.type) &&
  history.steps.length === 0 &&
  !approvesLead(event, settings, history);

/** What a look-up answer is read with: a name, and the comment of a rebill that may be only a commission. */
export function wantedOf(event: CanonicalEvent, settings: TapfiliateSettings): Step | undefined {
  if (event.type === 'LEAD' && settings.customerTrack !== undefined) {
    const name = customerName(event);
    return name === undefined ? undefined : customerLookupStep(settings, name);
  }
  const tag = event.type === 'REBILL' && settings.rebill === 'commission';
  return lookupStep(settings, externalId(event), tag ? rebillTag(event) : undefined);
}

/**
 * The question that the core asks before it tries a create again, without looking at attribution: the name alone
 * finds it. Undefined where a repeat does no harm: a click, an update, or a create that has answered already.
 */
export function lookupOf(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): Step | undefined {
  if (!creates(event, settings, history)) return undefined;
  const wanted = wantedOf(event, settings);
  const onto = rebilledConversion(event, settings, history);
  return onto === undefined ? wanted : conversionByIdStep(settings, onto, rebillTag(event));
}
