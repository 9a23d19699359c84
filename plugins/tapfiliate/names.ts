import type { CanonicalEvent } from '#contract';

/**
 * `external_id` of the conversion of an event: Tapfiliate's only means against doubles, so it is the same on every
 * attempt and differs for every fact of one order. A sale is `ORD1`, its line 2 is `ORD1:2`, a rebill
 * `ORD1:REBILL:3`, a lead `ORD1:LEAD`. Without an order the event's own id serves.
 */
export function externalId(event: CanonicalEvent): string {
  const { order } = event;
  if (order === null) return event.id;
  const line = order.line === null ? '' : `:${order.line}`;
  if (event.type === 'SALE') return `${order.id}${line}`;
  if (event.type === 'REBILL') return `${order.id}:REBILL:${order.sequence ?? event.id}${line}`;
  return `${order.id}:${event.type}${line}`;
}

/** `customer_id` of a lead that becomes a Tapfiliate customer: the person where known, else the order. */
export const customerName = (event: CanonicalEvent): string | undefined =>
  event.customer.ref ?? event.order?.id;

/** First words of the comment by which a rebill that is only a commission is found again: it has no `external_id`. */
const REBILL_TAG = 'Waybill rebill ';

export const rebillTag = (event: CanonicalEvent): string => REBILL_TAG + externalId(event);

/** True when the comment was written for that rebill; later remarks follow after a semicolon. */
export const hasTag = (comment: string, tag: string): boolean =>
  comment === tag || comment.startsWith(`${tag};`);

/** True for the comment of any rebill of ours. */
export const isRebillComment = (comment: string): boolean => comment.startsWith(REBILL_TAG);
