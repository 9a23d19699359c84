import { isReversal, type CanonicalEvent, type EventType } from './event.js';
import type { HistoryEntry } from './target.js';

type Entries = readonly HistoryEntry[];

const SALES: readonly EventType[] = ['SALE', 'REBILL'];
const LEADS: readonly EventType[] = ['LEAD', 'QUALIFIED_LEAD', 'APPROVED_LEAD'];

/** Delivery states in which the partner has the event. */
const THERE: ReadonlySet<string> = new Set(['delivered', 'duplicate']);
const isThere = ({ state }: HistoryEntry): boolean => THERE.has(state);

/** Where the links of an event lead. */
type End =
  | { readonly kind: 'link'; readonly entry: HistoryEntry }
  /** It names an event that this target was never to be told of: another one of the order is not it. */
  | { readonly kind: 'untold' }
  /** The last event of the chain names none. */
  | { readonly kind: 'open'; readonly last: CanonicalEvent };

/** The end of a chain of `reverses` and `adjusts`: a reversed chargeback names the chargeback, that the sale. */
function follow(event: CanonicalEvent, entries: Entries): End {
  let last = event;
  for (let hops = 0; hops < 5; hops += 1) {
    const named = last.reverses ?? last.adjusts;
    if (named === null) break;
    const entry = entries.find((one) => one.event.id === named);
    if (!entry) return { kind: 'untold' };
    if (!isReversal(entry.event.type)) return { kind: 'link', entry };
    last = entry.event;
  }
  return { kind: 'open', last };
}

/** Keeps what passes, or everything when nothing does: a hint must narrow the choice, never empty it. */
const narrow = (entries: Entries, keep: (earlier: CanonicalEvent) => boolean): Entries => {
  const kept = entries.filter((entry) => keep(entry.event));
  return kept.length > 0 ? kept : entries;
};

/** Keeps the entries with the highest score. */
const best = (entries: Entries, score: (earlier: CanonicalEvent) => number): Entries => {
  const top = Math.max(...entries.map((entry) => score(entry.event)));
  return entries.filter((entry) => score(entry.event) === top);
};

function candidates(event: CanonicalEvent, entries: Entries): Entries {
  const ofTypes = (types: readonly EventType[]): Entries =>
    entries.filter((entry) => types.includes(entry.event.type) && entry.event.id !== event.id);
  if (event.type === 'REBILL') return ofTypes(['SALE']);
  if (event.type === 'REJECTED_LEAD' || event.type === 'APPROVED_LEAD') return ofTypes(LEADS);
  const sales = ofTypes(SALES);
  return sales.length > 0 ? sales : ofTypes(LEADS);
}

const namesOf = ({ order }: CanonicalEvent): ReadonlySet<string> =>
  new Set(order ? [order.id, ...order.aliases, ...(order.parentId ? [order.parentId] : [])] : []);

/**
 * By what the order says: most names in common, the same order, its line, its place in the sequence; then the one with
 * fewest names of its own, because a bare receipt means the first payment and not the rebill that bears it as one of two.
 */
function byOrder(event: CanonicalEvent, entries: Entries): Entries {
  const { order } = event;
  if (!order) return entries;
  const names = namesOf(event);
  const common = (earlier: CanonicalEvent): number =>
    [...namesOf(earlier)].filter((name) => names.has(name)).length;
  let left = best(entries, common);
  left = narrow(left, (earlier) => earlier.order?.id === order.id);
  left = narrow(left, (earlier) => earlier.order?.line === order.line);
  if (order.sequence !== null) {
    left = narrow(left, (earlier) => earlier.order?.sequence === order.sequence);
  }
  return best(left, (earlier) => common(earlier) - namesOf(earlier).size);
}

/** Without a link: what came before, the order, the amount, then the newest. */
function likeliest(event: CanonicalEvent, entries: Entries): HistoryEntry | undefined {
  const { occurredAt, revenue, type } = event;
  let left = candidates(event, entries);
  left = narrow(left, (earlier) => earlier.occurredAt <= occurredAt);
  left = byOrder(event, left);
  // The money of an ADJUSTMENT is a difference: it says nothing about the size of the sale.
  if (revenue && type !== 'ADJUSTMENT') {
    left = narrow(left, (earlier) => (earlier.revenue?.amount ?? 0) >= revenue.amount);
  }
  return left.at(-1);
}

/**
 * The delivered sale, rebill or lead that an event speaks about; for a REBILL its sale, for an APPROVED_LEAD its lead.
 * Undefined when the partner never got it. The link (`reverses`, `adjusts`) decides where there is one; the names of
 * the order are only asked where there is none.
 */
export function deliveredParent(
  event: CanonicalEvent,
  entries: readonly HistoryEntry[],
): HistoryEntry | undefined {
  const end = follow(event, entries);
  switch (end.kind) {
    case 'link':
      return isThere(end.entry) ? end.entry : undefined;
    case 'untold':
      return undefined;
    case 'open':
      return likeliest(end.last, entries.filter(isThere));
  }
}
