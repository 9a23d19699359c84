import {
  delivered,
  isRecord,
  refused,
  retry,
  textAt,
  type HttpResponse,
  type Outcome,
  type RemoteIds,
} from '#contract';
import { bodyOf, isHtml, knownOf, objectOf } from './answer.js';
import { sameDecimal } from './exact.js';
import { writeIds } from './ids.js';
import type { Step, StepKind } from './step.js';
import { complaint, isSuccess, trouble } from './trouble.js';

/** Paid commissions are locked on Tapfiliate's legacy Payouts page until the payout is undone. */
const HINT = 'if the commission is already paid out, undo it by hand';

type Check = (step: Step, body: Readonly<Record<string, unknown>>) => boolean | undefined;

const approval: Check = ({ kind }, { approved }) =>
  typeof approved === 'boolean' ? approved === (kind === 'approve') : undefined;

const amount: Check = (step, body) => {
  const shown = textAt(body, 'amount');
  return shown === undefined ? undefined : sameDecimal(shown, step.amount ?? '');
};

/** The end of each of the three tracks of a customer: canceled, lost, stopped. */
const ended: Check = (_step, body) => {
  const status = textAt(body, 'status');
  return status === undefined ? undefined : /^(?:cancell?ed|lost|stopped)$/i.test(status);
};

/** What the answer shows against what was asked: undefined when it does not say. */
const CHECKS: Partial<Record<StepKind, Check>> = {
  approve: approval,
  disapprove: approval,
  amount,
  recalculate: amount,
  'customer-status': ended,
};

/** After a recalculation the new commission amounts are the ones that later refunds start from. */
function idsAfter(step: Step, body: unknown): RemoteIds {
  const keep = step.keep ?? {};
  if (step.kind !== 'recalculate' || keep['saleAmount'] === undefined || !isRecord(body))
    return keep;
  const known = knownOf(body);
  return known.commissions.length > 0 ? { ...keep, ...writeIds(known) } : keep;
}

function readSuccess(response: HttpResponse, step: Step): Outcome {
  const body = objectOf(response);
  if (bodyOf(response) === undefined && isHtml(response)) {
    return retry(60_000, `HTTP ${response.status} with an HTML page`);
  }
  const remoteIds = idsAfter(step, body);
  const agreed = body === undefined ? undefined : CHECKS[step.kind]?.(step, body);
  if (agreed === false && step.extra !== true) {
    return refused(`${step.subject}: answered ${response.status}, yet nothing changed; ${HINT}`);
  }
  return delivered(agreed === true ? 'confirmed' : 'accepted', { attributed: 'yes', remoteIds });
}

/**
 * The answer to an approval, a disapproval or an edit. All of them set a state and may be repeated. When the step
 * only follows a create, its refusal is a remark: the conversion itself is recorded.
 */
export function readUpdate(response: HttpResponse, step: Step, now: number): Outcome {
  if (isSuccess(response)) return readSuccess(response, step);
  const known = trouble(response, now);
  if (known) return known;
  if (step.extra === true) {
    return delivered('accepted', {
      attributed: 'yes',
      ...(step.keep ? { remoteIds: step.keep } : {}),
      note: `commission ${step.subject} was not approved (${complaint(response)})`,
    });
  }
  return refused(`${step.kind} of ${step.subject}: ${complaint(response)}; ${HINT}`);
}
