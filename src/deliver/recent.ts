import type { DeliveryDoc, EventDoc } from '../ledger/documents.js';

export interface Recent {
  readonly row: DeliveryDoc;
  readonly event: EventDoc;
}

/** The last deliveries that this process committed: a lane sends them without reading the database back. */
export class RecentDeliveries {
  private readonly map = new Map<string, Recent>();

  constructor(private readonly size = 4000) {}

  put(row: DeliveryDoc, event: EventDoc): void {
    this.map.set(row._id, { row, event });
    if (this.map.size > this.size) {
      const oldest = this.map.keys().next().value;
      if (oldest !== undefined) this.map.delete(oldest);
    }
  }

  /** Hands it out once: after an attempt the row has changed. */
  take(id: string): Recent | undefined {
    const found = this.map.get(id);
    if (found) this.map.delete(id);
    return found;
  }
}
