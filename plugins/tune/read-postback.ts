import {
  byStatus,
  delivered,
  misconfigured,
  refused,
  retry,
  type CanonicalEvent,
  type HttpResponse,
  type Outcome,
  type Sent,
} from '#contract';
import { withoutSecrets } from './address.js';
import { graceMs } from './grace.js';
import type { TuneSettings } from './settings.js';
import type { Step } from './step.js';
import { readVerdict, refusalClass } from './verdict.js';

/**
 * An answer that says nothing (empty, a page): once it may be a passing fault, twice a person must look, because the
 * conversion may have been recorded.
 */
export const unreadable = (response: HttpResponse, sent: Sent): Outcome =>
  sent.attempt <= 1
    ? retry(60_000, `HTTP ${response.status} with nothing readable`)
    : refused(`HTTP ${response.status} with nothing readable again: look at the network's report`);

/** Statuses at which the body does not matter; undefined when it decides. */
function byStatusAlone(response: HttpResponse): Outcome | undefined {
  const { status } = response;
  if (status >= 200 && status < 300) return undefined;
  const outcome = byStatus(response);
  return outcome.kind === 'refused' ? undefined : outcome;
}

/** A refusal of the tracking host, which comes with HTTP 200, by TUNE's own words and codes. */
function readRefusal(
  verdict: NonNullable<ReturnType<typeof readVerdict>>,
  event: CanonicalEvent,
  settings: TuneSettings,
  step: Step,
  sent: Sent,
): Outcome {
  const said = withoutSecrets(verdict.message, settings) || 'success=false without a reason';
  const remoteIds = step.keep;
  switch (refusalClass(verdict)) {
    case 'duplicate':
      // Whose conversion it is, is open when it is not ours: nothing may be stored for later changes, nor read back.
      return sent.mayHaveArrived
        ? { kind: 'duplicate', ours: true, remoteIds, note: said }
        : { kind: 'duplicate', ours: false, note: said };
    case 'unknown-click': {
      const wait = graceMs(event.occurredAt, sent);
      return wait === undefined ? refused(said) : retry(wait, said);
    }
    case 'configuration':
      return misconfigured(`operator or network: ${said}`);
    case 'capped':
      return refused(`${said} (recorded as rejected by the network: no retry today)`);
    case 'tested':
      return delivered('confirmed', { attributed: 'no', remoteIds, note: `test: ${said}` });
    case 'pending':
      return delivered('confirmed', { attributed: 'yes', remoteIds, note: `pending: ${said}` });
    case 'approved':
      return delivered('confirmed', { attributed: 'yes', remoteIds, note: said });
    case 'permanent':
      return refused(said);
  }
}

/** The answer to a conversion postback. `success=true` proves receipt; it may still be rejected later. */
export function readPostback(
  response: HttpResponse,
  event: CanonicalEvent,
  settings: TuneSettings,
  step: Step,
  sent: Sent,
): Outcome {
  const early = byStatusAlone(response);
  if (early) return early;
  const verdict = readVerdict(response.body);
  if (verdict) {
    return verdict.success
      ? delivered('confirmed', { attributed: 'yes', remoteIds: step.keep })
      : readRefusal(verdict, event, settings, step, sent);
  }
  if (response.status === 404) {
    return misconfigured('operator: trackingUrl (HTTP 404, no tracking host answers there)');
  }
  return response.status < 300 ? unreadable(response, sent) : byStatus(response);
}
