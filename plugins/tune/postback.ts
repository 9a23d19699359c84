import {
  decimal,
  identifier,
  skip,
  type CanonicalEvent,
  type HttpRequest,
  type Skip,
} from '#contract';
import { get, trackingUrl, type Query } from './address.js';
import type { TuneSettings } from './settings.js';

/** The word in `goalIds` for the conversion of the offer itself. */
const DEFAULT_GOAL = 'default';

/**
 * Our name for the conversion, the same on every attempt: `ORD1` for a sale, `ORD1:2` for its line 2,
 * `ORD1:REBILL:3`, `ORD1:LEAD`. Without an order the event's own id.
 */
function orderName(event: CanonicalEvent): string {
  const { order } = event;
  if (order === null) return event.id;
  const line = order.line === null ? '' : `:${order.line}`;
  if (event.type === 'SALE') return `${order.id}${line}`;
  if (event.type === 'REBILL') return `${order.id}:REBILL:${order.sequence ?? event.id}${line}`;
  return `${order.id}:${event.type}${line}`;
}

/** The field that carries our name, and the name. */
export const nameOf = (
  event: CanonicalEvent,
  settings: TuneSettings,
): { readonly field: string; readonly value: string } => ({
  field: settings.orderIdField ?? 'adv_unique1',
  value: orderName(event),
});

/** TUNE's transaction id: the session of the click, which is what an offer URL's `{transaction_id}` gave us. */
export const transactionId = (event: CanonicalEvent): string | undefined =>
  identifier(event.attribution.clickId);

/**
 * The goal of an event type: an id, `default`, or undefined when the type is not mapped. A sale is the offer's own
 * conversion unless told otherwise, a rebill what a sale is; a lead never is by itself: it would be paid as a sale.
 */
export function goalOf(event: CanonicalEvent, settings: TuneSettings): string | undefined {
  const goals = settings.goalIds ?? {};
  const own = goals[event.type];
  if (own !== undefined) return own;
  if (event.type === 'SALE') return DEFAULT_GOAL;
  return event.type === 'REBILL' ? (goals['SALE'] ?? DEFAULT_GOAL) : undefined;
}

/** The two server forms: `aff_lsr` for the offer's conversion, `aff_goal?a=lsr` for a goal. */
function form(goal: string): { readonly path: string; readonly query: Query } {
  return goal === DEFAULT_GOAL
    ? { path: 'aff_lsr', query: {} }
    : { path: 'aff_goal', query: { a: 'lsr', goal_id: goal } };
}

/** The conversion postback of TUNE's support page, or why there is none. */
export function postback(event: CanonicalEvent, settings: TuneSettings): HttpRequest | Skip {
  const goal = goalOf(event, settings);
  if (goal === undefined) return skip('unmapped');
  const transaction = transactionId(event);
  if (transaction === undefined) return skip('no-attribution');
  const { path, query } = form(goal);
  const name = nameOf(event, settings);
  return get(trackingUrl(settings, path), {
    ...query,
    transaction_id: transaction,
    offer_id: settings.offerId,
    amount: event.revenue ? decimal(event.revenue) : undefined,
    payout: settings.sendPayout && event.payout ? decimal(event.payout) : undefined,
    [name.field]: name.value,
    conversion_unique_id: settings.uniqueId ? name.value : undefined,
    status: settings.statuses?.[event.type],
    security_token: settings.securityToken,
  });
}
