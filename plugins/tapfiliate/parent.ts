import { isReversal, type CanonicalEvent, type EventType, type HistoryEntry } from '#contract';
import { sameCurrency } from './exact.js';

const SALES: readonly EventType[] = ['SALE', 'REBILL'];
const LEADS: readonly EventType[] = ['LEAD', 'QUALIFIED_LEAD', 'APPROVED_LEAD'];

/** Delivery states in which Tapfiliate has the event. */
const THERE: ReadonlySet<string> = new Set(['delivered', 'duplicate']);

/** Delivery states in which Tapfiliate was never meant to hear of it. */
const NEVER: ReadonlySet<string> = new Set(['skipped', 'cancelled']);

type Entries = readonly HistoryEntry[];

/** The entry that a chain of `reverses` and `adjusts` ends at: a reversed chargeback names the chargeback, that the sale. */
function named(event: CanonicalEvent, entries: Entries): HistoryEntry | undefined {
  let at = event;
  for (let hops = 0; hops < 5; hops += 1) {
    const id = at.reverses ?? at.adjusts;
    const entry = id === null ? undefined : entries.find((item) => item.event.id === id);
    if (!entry || !isReversal(entry.event.type)) return entry;
    at = entry.event;
  }
  return undefined;
}

/** Keeps what passes, or everything when nothing does: a hint must narrow the choice, never empty it. */
const narrow = (entries: Entries, keep: (earlier: CanonicalEvent) => boolean): Entries => {
  const kept = entries.filter((entry) => keep(entry.event));
  return kept.length > 0 ? kept : entries;
};

function ofTypes(event: CanonicalEvent, entries: Entries): Entries {
  const pickTypes = (types: readonly EventType[]): Entries =>
    entries.filter((entry) => types.includes(entry.event.type) && entry.event.id !== event.id);
  if (event.type === 'REJECTED_LEAD' || event.type === 'APPROVED_LEAD') return pickTypes(LEADS);
  const sales = pickTypes(SALES);
  return sales.length > 0 ? sales : pickTypes(LEADS);
}

/**
 * The delivered sale, rebill or lead that an event speaks about; undefined when Tapfiliate never got it. The
 * ledger's link decides; without one the order, its line, its place in the sequence, the amount, then the newest.
 */
export function parentOf(event: CanonicalEvent, entries: Entries): HistoryEntry | undefined {
  const link = named(event, entries);
  if (link) return THERE.has(link.state) ? link : undefined;
  let left = ofTypes(
    event,
    entries.filter((entry) => THERE.has(entry.state)),
  );
  const { order, revenue } = event;
  if (order) {
    left = narrow(left, (earlier) => earlier.order?.id === order.id);
    left = narrow(left, (earlier) => earlier.order?.line === order.line);
    if (order.sequence !== null) {
      left = narrow(left, (earlier) => earlier.order?.sequence === order.sequence);
    }
  }
  if (revenue) left = narrow(left, (earlier) => (earlier.revenue?.amount ?? 0) >= revenue.amount);
  return left.at(-1);
}

/** Other events of one type about the same parent, oldest first, each once. */
export function siblings(
  type: EventType,
  event: CanonicalEvent,
  parent: HistoryEntry,
  entries: Entries,
): Entries {
  const seen = new Set([event.id]);
  return entries.filter((entry) => {
    if (entry.event.type !== type || NEVER.has(entry.state) || seen.has(entry.event.id))
      return false;
    seen.add(entry.event.id);
    return parentOf(entry.event, entries)?.event.id === parent.event.id;
  });
}

/** How much of a sale is gone, in minor units. `unclear`: the currencies differ, so no share can be told. */
export type Scope =
  | { readonly kind: 'full' }
  | { readonly kind: 'partial'; readonly refunded: number; readonly sale: number }
  | { readonly kind: 'unclear' };

/**
 * The share that a REFUND leaves, counting every refund of the sale that the ledger knows, so that any order of
 * arrival ends at the same amount. `sale`: what the sale is worth now, minor units, when an adjustment changed it.
 */
export function scopeOf(
  event: CanonicalEvent,
  parent: HistoryEntry,
  entries: Entries,
  saleNow?: number,
): Scope {
  const worth = parent.event.revenue;
  const sale = saleNow ?? worth?.amount ?? 0;
  if (event.type !== 'REFUND' || event.revenue === null || sale <= 0) return { kind: 'full' };
  if (!sameCurrency(event.revenue, worth)) return { kind: 'unclear' };
  const others = siblings('REFUND', event, parent, entries);
  if (others.some((other) => other.event.revenue === null)) return { kind: 'full' };
  const refunded = others
    .filter((other) => sameCurrency(other.event.revenue, worth))
    .reduce((sum, other) => sum + (other.event.revenue?.amount ?? 0), event.revenue.amount);
  return refunded >= sale ? { kind: 'full' } : { kind: 'partial', refunded, sale };
}
