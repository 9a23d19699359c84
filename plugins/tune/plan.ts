import { isReversal, isSkip, skip, type CanonicalEvent, type History } from '#contract';
import { apiAccess, findConversions } from './api.js';
import { goalOf, nameOf, postback, transactionId } from './postback.js';
import { reversePlan } from './reverse-plan.js';
import type { TuneSettings } from './settings.js';
import type { Plan, Step } from './step.js';

/**
 * The postback, then the look at what became of it when the user wants one. A duplicate that is not ours keeps no ids:
 * then there is nothing of ours to look at, and a good look must not hide what a person should review.
 */
function createPlan(event: CanonicalEvent, settings: TuneSettings, { steps }: History): Plan {
  const request = postback(event, settings);
  if (isSkip(request)) return request;
  const transaction = transactionId(event) ?? '';
  const keep = { transactionId: transaction };
  const access = settings.readBack ? apiAccess(settings) : undefined;
  const told: Step = { kind: 'postback', request, keep, leadsOn: access !== undefined };
  if (!access || steps[0]?.remoteIds['transactionId'] === undefined) return [told];
  const name = nameOf(event, settings);
  const look = findConversions(access, transaction, name.field);
  return [told, { kind: 'read-back', request: look, keep, name }];
}

/** Every request that this event needs as far as it is known by now, in order. */
export function plan(event: CanonicalEvent, settings: TuneSettings, history: History): Plan {
  if (isReversal(event.type)) return reversePlan(event, settings, history);
  const approves = event.type === 'APPROVED_LEAD' && goalOf(event, settings) === undefined;
  if (!approves) return createPlan(event, settings, history);
  // Without a goal of its own an approved lead is the approval of the lead that was told before.
  const back = reversePlan(event, settings, history);
  return isSkippedForParent(back) ? skip('unmapped') : back;
}

const isSkippedForParent = (back: Plan): boolean =>
  'skip' in back && back.skip === 'parent-not-delivered';
