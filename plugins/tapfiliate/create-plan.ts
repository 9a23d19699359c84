import type { CanonicalEvent, History, Skip, StepAnswer } from '#contract';
import {
  approvalStep,
  clickStep,
  commissionStep,
  conversionStep,
  customerLookupStep,
  customerStep,
  lookupStep,
} from './create-steps.js';
import { readIds } from './ids.js';
import { customerName, externalId, rebillTag } from './names.js';
import { parentOf } from './parent.js';
import type { TapfiliateSettings } from './settings.js';
import type { Plan, Step } from './step.js';

/** A look-up that found nothing allows a create for this long; after that somebody else may have made it. */
export const FRESH_MS = 10_000;

const isStep = (value: Step | Skip): value is Step => 'kind' in value;

/** Looks first, creates, then approves. */
interface Creation {
  readonly create: Step;
  readonly lookup: Step | undefined;
}

const approves = (event: CanonicalEvent, settings: TapfiliateSettings): boolean =>
  event.type === 'APPROVED_LEAD' || settings.autoApprove === true;

function approvals(event: CanonicalEvent, settings: TapfiliateSettings, done: StepAnswer): Step[] {
  if (!approves(event, settings)) return [];
  return readIds(done.remoteIds).commissions.map(({ id }) =>
    approvalStep(settings, 'approve', id, { keep: done.remoteIds, extra: true }),
  );
}

/**
 * Tapfiliate has no idempotency key, so every attempt but the first asks before it creates. `answers` are those
 * of this creation only. The list ends as soon as a look-up or the create has told the id.
 */
function withLookups(
  { create, lookup }: Creation,
  answers: readonly StepAnswer[],
  history: History,
): { readonly steps: readonly Step[]; readonly done: StepAnswer | undefined } {
  if (lookup === undefined) return { steps: [create], done: answers[0] };
  const firstOther = answers.findIndex(({ remoteIds }) => remoteIds['absentAt'] === undefined);
  const looked = firstOther < 0 ? answers.length : firstOther;
  const before = Array.from({ length: looked }, () => lookup);
  const done = answers[looked];
  const absentAt = Number(answers[looked - 1]?.remoteIds['absentAt'] ?? 0);
  const ask = looked === 0 ? history.attempt > 1 : history.now - absentAt > FRESH_MS;
  return { steps: [...before, ...(ask && !done ? [lookup] : []), create], done };
}

function finish(
  creation: Creation,
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): Plan {
  const { steps, done } = withLookups(creation, history.steps, history);
  return done ? [...steps, ...approvals(event, settings, done)] : steps;
}

/** A rebill as a commission needs the id of the sale's conversion: from the sale's delivery, else from Tapfiliate. */
function rebillPlan(event: CanonicalEvent, settings: TapfiliateSettings, history: History): Plan {
  const order = event.order?.id ?? event.id;
  const asked = history.steps[0]?.remoteIds['saleConversionId'];
  const sale = parentOf(event, history.entries);
  const known = typeof asked === 'string' ? asked : sale && readIds(sale.remoteIds).conversionId;
  const external = sale ? externalId(sale.event) : order;
  const find: Step = { ...lookupStep(settings, external), kind: 'find-sale' };
  if (known === undefined) return [find];
  const create = commissionStep(event, settings, known);
  const lookup = lookupStep(settings, external, rebillTag(event));
  const head = asked === undefined ? [] : [find];
  const rest = { ...history, steps: history.steps.slice(head.length) };
  const { steps, done } = withLookups({ create, lookup }, rest.steps, rest);
  return [...head, ...steps, ...(done ? approvals(event, settings, done) : [])];
}

/** Requests that tell Tapfiliate something new: a click, a customer, a conversion, one more commission. */
export function createPlan(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): Plan {
  if (event.type === 'REBILL' && settings.rebill === 'commission') {
    return rebillPlan(event, settings, history);
  }
  if (event.type === 'CLICK') {
    const click = clickStep(event, settings);
    return isStep(click) ? [click] : click;
  }
  if (event.type === 'LEAD' && settings.customerTrack !== undefined) {
    const create = customerStep(event, settings, history);
    const lookup = customerLookupStep(settings, customerName(event) ?? '');
    return isStep(create) ? finish({ create, lookup }, event, settings, history) : create;
  }
  const create = conversionStep(event, settings, history);
  const lookup = lookupStep(settings, externalId(event));
  return isStep(create) ? finish({ create, lookup }, event, settings, history) : create;
}
