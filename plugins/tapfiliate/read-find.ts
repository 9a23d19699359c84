import { delivered, refused, textAt, type HttpResponse, type Outcome } from '#contract';
import { knownOf } from './answer.js';
import { writeIds } from './ids.js';
import { isOutcome, isSearch, ours, rowsOf, type Body } from './read-lookup.js';
import type { Step } from './step.js';

/** The row that was asked for, if it is there, or what kept us from seeing it. */
interface Asked {
  readonly row?: Body | undefined;
  readonly trouble?: Outcome;
}

/** Asked by its own id, the one row is it, even when somebody renamed it. */
function ask(response: HttpResponse, step: Step, now: number): Asked {
  const rows = rowsOf(response, step, now);
  if (rows === null) return {};
  if (isOutcome(rows)) return { trouble: rows };
  return { row: isSearch(step) ? ours(rows, 'external_id', step.subject)[0] : rows[0] };
}

const nothing = (response: HttpResponse, step: Step): string =>
  `Tapfiliate has nothing named ${step.subject} (HTTP ${response.status})`;

/** The ids of what is to be taken back; not there is the end of it. */
export function readFind(response: HttpResponse, step: Step, now: number): Outcome {
  const { row, trouble } = ask(response, step, now);
  if (trouble) return trouble;
  if (row === undefined) return refused(nothing(response, step));
  const known = knownOf(row, step.tag);
  if (step.needsAmounts === true && known.commissions.some((item) => item.amount === undefined)) {
    return refused(`commissions of ${step.subject} come without amounts: edit them by hand`);
  }
  const none = known.commissions.length === 0;
  return delivered('read-back', {
    attributed: none ? 'no' : 'yes',
    remoteIds: { ...writeIds(known), lookedUp: step.subject },
    ...(none ? { note: 'no commission hangs on it' } : {}),
  });
}

/** The customer that a lead became. */
export function readFindCustomer(response: HttpResponse, step: Step, now: number): Outcome {
  const rows = rowsOf(response, step, now);
  if (rows !== null && isOutcome(rows)) return rows;
  const customerId = textAt(ours(rows ?? [], 'customer_id', step.subject)[0], 'id');
  return customerId === undefined
    ? refused(nothing(response, step))
    : delivered('read-back', { remoteIds: { customerId, lookedUp: step.subject } });
}
