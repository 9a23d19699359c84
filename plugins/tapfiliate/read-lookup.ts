import {
  decimal,
  delivered,
  retry,
  textAt,
  type CanonicalEvent,
  type HttpResponse,
  type Outcome,
} from '#contract';
import { attributedOf, isHtml, knownOf, objectsOf, warningsOf } from './answer.js';
import { sameDecimal } from './exact.js';
import { writeIds } from './ids.js';
import type { Step } from './step.js';
import { isSuccess, trouble, wrongAddress } from './trouble.js';

export type Body = Readonly<Record<string, unknown>>;

/** Rows that really carry our name: a filter that the partner ignored must not make us adopt a stranger. */
export const ours = (rows: readonly Body[], field: string, name: string): readonly Body[] =>
  rows.filter((row) => textAt(row, field) === name);

/** A search of a collection, whose path always exists; the alternative is one object by its id. */
export const isSearch = (step: Step): boolean => step.request.url.includes('?');

/** The rows of a list answer; an Outcome when nothing can be concluded; null when the object is not there. */
export function rowsOf(
  response: HttpResponse,
  step: Step,
  now: number | undefined,
): readonly Body[] | Outcome | null {
  const known = trouble(response, now) ?? (isSearch(step) ? wrongAddress(response) : undefined);
  if (known) return known;
  // An unknown object, or a name that Tapfiliate cannot even search: not there. The unique name guards the create.
  if (!isSuccess(response)) return null;
  const rows = objectsOf(response);
  if (rows) return rows;
  const what = isHtml(response) ? 'an HTML page' : 'nothing readable';
  return retry(60_000, `look-up answered ${what}`);
}

export const isOutcome = (value: readonly Body[] | Outcome): value is Outcome => 'kind' in value;

/** A remark when Tapfiliate holds another amount than the event says; undefined when they agree. */
function difference(row: Body, event: CanonicalEvent): string | undefined {
  const there = textAt(row, 'amount');
  const here = event.revenue ? decimal(event.revenue) : '0';
  if (there === undefined || sameDecimal(there, here)) return undefined;
  return `amount at Tapfiliate is ${there}, here ${here}`;
}

function adopt(row: Body, event: CanonicalEvent, step: Step): Outcome | null {
  // A rebill is there as a commission with our comment, or as a conversion with our name.
  const tagged = step.tag !== undefined && textAt(row, 'external_id') !== step.subject;
  const known = knownOf(row, tagged ? step.tag : undefined);
  if (tagged && known.commissions.length === 0) return null;
  const remarks = [
    'found by its name at Tapfiliate',
    tagged ? undefined : difference(row, event),
    warningsOf(row),
  ];
  return delivered('read-back', {
    attributed: tagged ? 'yes' : attributedOf(row),
    remoteIds: writeIds(known),
    note: remarks.filter((remark) => remark !== undefined).join('; '),
  });
}

/** Is it there? An Outcome when it is (or when Tapfiliate cannot say), null when it is not. Never throws. */
export function readFound(
  response: HttpResponse,
  event: CanonicalEvent,
  step: Step,
  now: number | undefined,
): Outcome | null {
  const rows = rowsOf(response, step, now);
  if (rows === null || isOutcome(rows)) return rows;
  if (step.request.url.includes('/customers/')) {
    const [customer] = ours(rows, 'customer_id', step.subject);
    const customerId = textAt(customer, 'id');
    return customerId === undefined
      ? null
      : delivered('read-back', { attributed: 'yes', remoteIds: { customerId } });
  }
  // A rebill's comment is a name of its own, whatever the conversion is called.
  const candidates = step.tag === undefined ? ours(rows, 'external_id', step.subject) : rows;
  const found = candidates.map((row) => adopt(row, event, step));
  return found.find((outcome) => outcome !== null) ?? null;
}
