import { deliveredParent } from './delivered-parent.js';
import type { CanonicalEvent, EventType } from './event.js';
import type { HistoryEntry } from './target.js';

export { deliveredParent } from './delivered-parent.js';

/**
 * What a target's history says about one sale: the changes that were told of it, and what is left of its money. Pure;
 * every amount is computed from the first one and all known changes, never from a present one, so that replays and any
 * order of arrival end at the same figure.
 */

type Entries = readonly HistoryEntry[];

/** Delivery states in which the partner was never meant to hear of it. */
const NEVER: ReadonlySet<string> = new Set(['skipped', 'cancelled']);
const counts = ({ state }: HistoryEntry): boolean => !NEVER.has(state);

function aboutSame(
  type: EventType,
  event: CanonicalEvent,
  parent: HistoryEntry,
  entries: Entries,
): Entries {
  const seen = new Set([event.id]);
  return entries.filter((entry) => {
    if (entry.event.type !== type || seen.has(entry.event.id)) return false;
    seen.add(entry.event.id);
    return deliveredParent(entry.event, entries)?.event.id === parent.event.id;
  });
}

/**
 * Other events of one type about the same parent, oldest first, each once: delivered, refused or still to come, but
 * not those that the partner was never meant to hear of.
 */
export const otherChanges = (
  type: EventType,
  event: CanonicalEvent,
  parent: HistoryEntry,
  entries: readonly HistoryEntry[],
): readonly HistoryEntry[] => aboutSame(type, event, parent, entries).filter(counts);

/** Minor units of the sale's currency. */
interface Tally {
  /** The first amount with every correction of it; at least 0. */
  readonly worth: number;
  /** Refunds that stood: a failed one is taken off again. All of `worth` when a refund told no amount. */
  readonly refunded: number;
  /** `worth` less `refunded`; at least 0. */
  readonly left: number;
}

/** The money of a sale with everything that is known by now, the event itself included. */
export interface SaleMoney extends Tally {
  readonly currency: string;
  /** Nothing was left of the sale before this event, because of refunds; now something is. */
  readonly reopens: boolean;
}

/** What an ADJUSTMENT corrects. `nothing`: a refund that the partner was never told. */
function corrects(
  { adjusts }: CanonicalEvent,
  refunds: readonly CanonicalEvent[],
  entries: Entries,
): 'sale' | 'refund' | 'nothing' {
  if (adjusts === null) return 'sale';
  if (refunds.some(({ id }) => id === adjusts)) return 'refund';
  const entry = entries.find(({ event }) => event.id === adjusts);
  return entry && entry.event.type !== 'REFUND' ? 'sale' : 'nothing';
}

const sum = (events: readonly CanonicalEvent[], currency: string): number =>
  events
    .filter(({ revenue }) => revenue?.currency === currency)
    .reduce((total, { revenue }) => total + (revenue?.amount ?? 0), 0);

function tally(
  parent: HistoryEntry,
  refunds: readonly CanonicalEvent[],
  adjustments: readonly HistoryEntry[],
  entries: Entries,
): Tally {
  const { amount = 0, currency = '' } = parent.event.revenue ?? {};
  const correcting = (what: 'sale' | 'refund'): readonly CanonicalEvent[] =>
    adjustments
      // A failed refund is a fact about that refund, even where it was not worth a message.
      .filter((entry) => what === 'refund' || counts(entry))
      .map(({ event }) => event)
      .filter((event) => corrects(event, refunds, entries) === what);
  const failures = correcting('refund');
  const failed = new Set(failures.map(({ adjusts }) => adjusts));
  const worth = Math.max(0, amount + sum(correcting('sale'), currency));
  const whole = refunds.some(({ id, revenue }) => revenue === null && !failed.has(id));
  const known = Math.max(0, sum(refunds, currency) - sum(failures, currency));
  const refunded = whole ? Math.max(worth, known) : known;
  return { worth, refunded, left: Math.max(0, worth - refunded) };
}

/**
 * What a REFUND or an ADJUSTMENT leaves of its sale. Undefined when that cannot be told: the sale had no amount, the
 * event has none or one in another currency, or it corrects a refund that the partner was never told.
 */
export function saleMoney(
  event: CanonicalEvent,
  parent: HistoryEntry,
  entries: readonly HistoryEntry[],
): SaleMoney | undefined {
  const currency = parent.event.revenue?.currency;
  if (currency === undefined || event.revenue?.currency !== currency) return undefined;
  const refunds = otherChanges('REFUND', event, parent, entries).map((other) => other.event);
  const adjustments = aboutSame('ADJUSTMENT', event, parent, entries);
  const before = tally(parent, refunds, adjustments, entries);
  const own: HistoryEntry = { event, state: 'due', remoteIds: {} };
  const isAdjustment = event.type === 'ADJUSTMENT';
  if (isAdjustment && corrects(event, refunds, entries) === 'nothing') return undefined;
  const now = isAdjustment
    ? tally(parent, refunds, [...adjustments, own], entries)
    : tally(parent, event.type === 'REFUND' ? [...refunds, event] : refunds, adjustments, entries);
  const reopens = before.refunded > 0 && before.left === 0 && now.left > 0;
  return { ...now, currency, reopens };
}

/** How much of a sale an event takes back. `unclear`: the currencies differ, so no share can be told. */
export type RefundScope =
  | { readonly kind: 'full' }
  | ({ readonly kind: 'partial' } & SaleMoney)
  | { readonly kind: 'unclear' };

/** The share that a REFUND takes, counting every refund that is known; all other types take back the whole sale. */
export function refundScope(
  event: CanonicalEvent,
  parent: HistoryEntry,
  entries: readonly HistoryEntry[],
): RefundScope {
  const first = parent.event.revenue;
  if (event.type !== 'REFUND' || event.revenue === null || !first) return { kind: 'full' };
  const money = saleMoney(event, parent, entries);
  if (!money) return { kind: 'unclear' };
  return money.left === 0 ? { kind: 'full' } : { kind: 'partial', ...money };
}
