import type { DeliveryDoc, EventDoc } from '../ledger/documents.js';

/** What nobody has asked for after this is with another replica, or far behind in a backlog (milliseconds). */
const KEPT_MS = 5000;

export interface Recent {
  readonly row: DeliveryDoc;
  readonly event: EventDoc;
}

/** The last deliveries that this process committed: a lane sends them without reading the database back. */
export class RecentDeliveries {
  private readonly map = new Map<string, Recent & { readonly at: number }>();

  /** `now`: milliseconds of any clock that never goes back. */
  constructor(
    private readonly size = 4000,
    private readonly now: () => number = () => performance.now(),
  ) {}

  put(row: DeliveryDoc, event: EventDoc): void {
    this.map.set(row._id, { row, event, at: this.now() });
    if (this.map.size > this.size) this.dropOldest();
  }

  /** Hands it out once: after an attempt the row has changed. */
  take(id: string): Recent | undefined {
    const found = this.map.get(id);
    if (found) this.map.delete(id);
    return found;
  }

  /** Forgets what has become old; call every 2 s. With several replicas most of what one commits is sent by others. */
  trim(): void {
    const old = this.now() - KEPT_MS;
    for (const [id, { at }] of this.map) {
      if (at > old) return;
      this.map.delete(id);
    }
  }

  private dropOldest(): void {
    const oldest = this.map.keys().next().value;
    if (oldest !== undefined) this.map.delete(oldest);
  }
}
