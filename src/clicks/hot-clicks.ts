import type { EventDoc } from '../ledger/documents.js';

/** One click rarely leads to more orders than this; an id that somebody wrote into a link by hand does. */
export const HOT_ORDERS = 5;
const MAX_CLICKS = 20_000;

/**
 * Remembers which orders came with which click id, bounded and in this process only: it warns of ids that are written into
 * a link by hand, and costs no look into a store.
 */
export class HotClicks {
  private readonly orders = new Map<string, Set<string>>();

  /** True when this event's click id has brought more than five orders, this one included. */
  sees(event: Pick<EventDoc, 'attribution' | 'order' | '_id'>): boolean {
    const { clickId } = event.attribution;
    if (clickId === null) return false;
    const known = this.orders.get(clickId) ?? new Set();
    // Taken out and put back: what was not seen for longest is forgotten first.
    this.orders.delete(clickId);
    if (known.size <= HOT_ORDERS) known.add(event.order?.id ?? event._id);
    if (this.orders.size >= MAX_CLICKS) this.forgetOldest();
    this.orders.set(clickId, known);
    return known.size > HOT_ORDERS;
  }

  private forgetOldest(): void {
    const oldest = this.orders.keys().next().value;
    if (oldest !== undefined) this.orders.delete(oldest);
  }
}
