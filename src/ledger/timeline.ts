import type { CanonicalEvent } from '../contract/index.js';
import { isReversal } from '../contract/index.js';
import { orderRef, toEvent, type EventDoc, type OrderLinkDoc } from './documents.js';
import type { LedgerStore } from './store.js';

/** Orders with more events than this are cut (a subscription of ten years has 120). */
const MAX_EVENTS = 500;
const MAX_ROUNDS = 6;

/**
 * All events of the order that any of these names belongs to, oldest first: the closure over shared names and links, so
 * an invoice, its charge and its refund meet even when no single notification names all three.
 */
export async function orderEvents(
  store: LedgerStore,
  refs: readonly string[],
): Promise<readonly EventDoc[]> {
  const found = new Map<string, EventDoc>();
  const known = new Set(refs);
  const tied: OrderLinkDoc[] = [];
  let fresh: readonly string[] = [...known];
  for (
    let round = 0;
    round < MAX_ROUNDS && fresh.length > 0 && found.size < MAX_EVENTS;
    round += 1
  ) {
    const [events, links] = await Promise.all([
      store.events
        .find({ refs: { $in: [...fresh] } })
        .limit(MAX_EVENTS)
        .toArray(),
      store.links
        .find({ refs: { $in: [...fresh] } })
        .limit(MAX_EVENTS)
        .toArray(),
    ]);
    for (const event of events) found.set(event._id, event);
    tied.push(...links);
    const names = [
      ...events.flatMap((event) => event.refs ?? []),
      ...links.flatMap((link) => link.refs),
    ];
    fresh = [...new Set(names)].filter((name) => !known.has(name));
    for (const name of fresh) known.add(name);
  }
  return [...found.values()].map((event) => withLinks(event, tied)).sort(byTime);
}

/**
 * An alias that a link ties to other names brings those names along: the invoice's rebill is then the charge's, too. The
 * order's own id does not, or every event of a subscription would get the names of all its payments.
 */
function withLinks(event: EventDoc, links: readonly OrderLinkDoc[]): EventDoc {
  const own = orderRef(event.source.account, event.order?.id ?? '');
  const aliases = new Set((event.refs ?? []).filter((name) => name !== own));
  const more = links
    .filter((link) => link.refs.some((name) => aliases.has(name)))
    .flatMap((link) => link.refs);
  return more.length === 0
    ? event
    : { ...event, refs: [...new Set([...(event.refs ?? []), ...more])] };
}

const byTime = (a: EventDoc, b: EventDoc): number =>
  a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : a._id < b._id ? -1 : 1;

const MONEY: ReadonlySet<string> = new Set(['SALE', 'REBILL']);
const LEADS: ReadonlySet<string> = new Set(['LEAD', 'QUALIFIED_LEAD', 'APPROVED_LEAD']);

/** 1: what such a reversal usually takes back (money for money, a lead for a lead); 0: only if there is nothing else. */
function kind(type: string, other: string): number {
  if (type === 'REFUND' || type === 'CHARGEBACK') return MONEY.has(other) ? 1 : 0;
  return type === 'REJECTED_LEAD' && !LEADS.has(other) ? 0 : 1;
}

/**
 * How well an earlier event fits what a reversal names. Most names in common first; of equals the same order before one
 * that is only linked to it (an upsell), and then the one with fewest names of its own: a refund of the bare receipt means
 * the first payment, not the rebill that has the receipt as one of two names.
 */
function fit(other: EventDoc, event: EventDoc): number {
  const names = new Set(event.refs ?? []);
  const common = (other.refs ?? []).filter((name) => names.has(name)).length;
  const foreign = (other.refs ?? []).length - common;
  const same = other.order?.id === event.order?.id ? 1 : 0;
  return kind(event.type, other.type) * 1_000_000 + common * 10_000 + same * 1000 - foreign;
}

/** What a type takes back: a won dispute answers the chargeback, everything else a positive event. */
const takesBack = (type: string, other: string): boolean =>
  type === 'CHARGEBACK_REVERSED'
    ? other === 'CHARGEBACK'
    : !isReversal(other as CanonicalEvent['type']) && other !== 'CLICK';

/**
 * The event that a reversal speaks about: the one it names; else the positive event of the order that fits its names best,
 * and of equals the latest one before it. Undefined when the ledger has none (yet).
 */
export function parentOf(event: EventDoc, order: readonly EventDoc[]): EventDoc | undefined {
  const name = event.reverses ?? event.adjusts;
  // Named but not there yet: another event of the order is not it.
  if (name !== null) return order.find((other) => other._id === name);
  const candidates = order.filter(
    (other) => other._id !== event._id && takesBack(event.type, other.type),
  );
  const before = candidates.filter((other) => other.occurredAt <= event.occurredAt);
  const pool = before.length > 0 ? before : candidates;
  return pool.reduce<EventDoc | undefined>(
    (best, other) => (best === undefined || fit(other, event) >= fit(best, event) ? other : best),
    undefined,
  );
}

/** The order as plugins and screens see it. */
export const asEvents = (order: readonly EventDoc[]): readonly CanonicalEvent[] =>
  order.map(toEvent);
