import { isReversal, type CanonicalEvent } from '../../../contract/index.js';
import { isThere, type LedgerDelivery } from '../ledger-reader.js';
import type { Played } from '../played.js';

/** A sale, renewal or lead that a partner should have, and how it should stand there. */
export interface Standing {
  readonly event: CanonicalEvent;
  /** What was sold, minor units; 0 for a lead. */
  readonly worth: number;
  /** What went back in parts, minor units. */
  readonly back: number;
  /** Taken back whole. */
  readonly gone: boolean;
  /** Was gone and is good again. */
  readonly restored: boolean;
}

/** Everything that one partner should have by the ledger's word. */
export interface Expected {
  readonly standings: readonly Standing[];
  /** Events of every type that the partner was told. */
  readonly told: readonly CanonicalEvent[];
}

/** Beats by name, each with the id of its first event. */
function saleOf(played: readonly Played[]): (one: Played) => string | undefined {
  const first = new Map(
    played.map(({ notification, events }) => [notification.beat.name, events[0]?.id]),
  );
  return ({ notification }) => first.get(notification.beat.of ?? '');
}

function folded(event: CanonicalEvent, reversals: readonly CanonicalEvent[]): Standing {
  const worth = event.revenue?.amount ?? 0;
  const start = { back: 0, gone: false, restored: false };
  const end = reversals.reduce((state, { type, revenue }) => {
    if (type === 'CHARGEBACK_REVERSED') return { ...state, gone: false, restored: true };
    const back = state.back + (revenue?.amount ?? worth);
    const whole = type !== 'REFUND' || back >= worth;
    return whole ? { ...state, gone: true, restored: false } : { ...state, back };
  }, start);
  return { event, worth, ...end };
}

/**
 * Which sale a refund takes back is known from the story, not asked of the gateway: that is what is being checked.
 * Only deliveries that the ledger calls delivered count.
 */
export function expectedAt(
  target: string,
  played: readonly Played[],
  events: readonly CanonicalEvent[],
  deliveries: readonly LedgerDelivery[],
): Expected {
  const there = new Set(
    deliveries.filter((one) => one.target === target && isThere(one)).map((one) => one.event),
  );
  const told = events.filter((one) => there.has(one.id));
  const saleId = saleOf(played);
  const reversalsOf = (id: string): CanonicalEvent[] =>
    played
      .filter((one) => saleId(one) === id)
      .flatMap((one) => one.events.filter((event) => there.has(event.id)));
  const standings = told
    .filter((event) => !isReversal(event.type) && event.type !== 'CLICK')
    .map((event) => folded(event, reversalsOf(event.id)));
  return { standings, told };
}
