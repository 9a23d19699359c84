import type { LedgerStore } from '../ledger/store.js';

const MAX_PARENTS = 10_000;

/**
 * Reversals of this process that wait for a delivery of this process: woken as soon as it is final. A hint only: the
 * wake-up time on the row is what counts, so losing this map costs seconds.
 */
export class HeldChildren {
  private readonly byParent = new Map<string, Set<string>>();

  constructor(private readonly store: LedgerStore) {}

  add(parent: string, child: string): void {
    if (this.byParent.size >= MAX_PARENTS) this.byParent.clear();
    const children = this.byParent.get(parent) ?? new Set();
    children.add(child);
    this.byParent.set(parent, children);
  }

  wake(parent: string, now: number): void {
    const children = this.byParent.get(parent);
    if (!children) return;
    this.byParent.delete(parent);
    void this.store.deliveries
      .updateMany(
        { _id: { $in: [...children] }, state: 'held' },
        { $set: { wakeAt: new Date(now) } },
      )
      .catch(() => undefined);
  }
}
