import {
  compact,
  delivered,
  refused,
  retry,
  textAt,
  type CanonicalEvent,
  type HttpResponse,
  type Outcome,
  type RemoteIds,
  type Sent,
} from '#contract';
import {
  attributedOf,
  bodyOf,
  commissionsOf,
  isHtml,
  knownOf,
  messageOf,
  objectOf,
  objectsOf,
  warningsOf,
} from './answer.js';
import { graceMs } from './grace.js';
import { writeIds } from './ids.js';
import type { Step } from './step.js';
import { complaint, isSuccess, trouble, wrongAddress } from './trouble.js';

/** Words by which a refusal says that it has this `external_id` already; the status is not documented. */
const DUPLICATE =
  /duplicate|already (?:been )?(?:exists?|taken|used|registered)|must be unique|not unique/i;

const isDuplicate = (response: HttpResponse): boolean =>
  response.status === 409 || DUPLICATE.test(messageOf(response));

/** Commissions added to a conversion come as a list. */
function readCommissions(response: HttpResponse, step: Step): Outcome {
  const commissions = commissionsOf(objectsOf(response) ?? []);
  const conversionId = step.keep?.['conversionId'];
  const remoteIds = writeIds({
    conversionId: typeof conversionId === 'string' ? conversionId : undefined,
    commissions,
  });
  return commissions.length > 0
    ? delivered('confirmed', { attributed: 'yes', remoteIds })
    : delivered('accepted', { attributed: 'unknown', remoteIds });
}

function idsOf(body: Readonly<Record<string, unknown>>, step: Step): RemoteIds {
  if (step.kind === 'conversion') return writeIds(knownOf(body));
  const id = textAt(body, 'id');
  if (id === undefined) return {};
  return step.kind === 'click' ? { clickId: id } : { customerId: id };
}

/**
 * A 2xx. An answer with an id proves it; an empty one, which Tapfiliate has been seen to give, does not. A page is
 * somebody else's answer: ask again.
 */
function readSuccess(response: HttpResponse, step: Step): Outcome {
  const body = objectOf(response);
  if (isHtml(response) && bodyOf(response) === undefined) {
    return retry(60_000, `HTTP ${response.status} with an HTML page`);
  }
  if (step.kind === 'commission') return readCommissions(response, step);
  if (body === undefined || textAt(body, 'id') === undefined) {
    return delivered('accepted', { note: 'the answer holds no id' });
  }
  const attributed = step.kind === 'conversion' ? attributedOf(body) : 'yes';
  const note = warningsOf(body);
  return delivered('confirmed', compact({ attributed, remoteIds: idsOf(body, step), note }));
}

/**
 * The answer to a create. A refusal is final only when a look-up has just shown that Tapfiliate does not have it.
 * The core looks up before every attempt but the first, so the first refusal is tried again and the second stands.
 */
export function readCreate(
  response: HttpResponse,
  step: Step,
  event: CanonicalEvent,
  sent: Sent,
): Outcome {
  if (isSuccess(response)) return readSuccess(response, step);
  const known = trouble(response, sent.history.now) ?? wrongAddress(response);
  if (known) return known;
  if (isDuplicate(response)) {
    return { kind: 'duplicate', ours: sent.mayHaveArrived, note: complaint(response) };
  }
  return readRefusal(response, step, event, sent);
}

function readRefusal(
  response: HttpResponse,
  step: Step,
  event: CanonicalEvent,
  sent: Sent,
): Outcome {
  const byClick = 'click_id' in sentFields(step);
  const wait = byClick ? graceMs(response, event, sent) : undefined;
  if (wait !== undefined) return retry(wait, `${complaint(response)}; the click may be too young`);
  if (step.kind === 'click' || sent.attempt > 1) return refused(complaint(response));
  return retry(1000, `${complaint(response)}; asking whether it is there before giving up`);
}

function sentFields(step: Step): object {
  const body: unknown = JSON.parse(step.request.body ?? '{}');
  return typeof body === 'object' && body !== null ? body : {};
}
