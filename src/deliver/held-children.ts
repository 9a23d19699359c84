import { OPEN_STATES } from '../ledger/documents.js';
import type { LedgerStore } from '../ledger/store.js';

const MAX_PARENTS = 10_000;
/** So many are looked up at a time. */
const LOOK = 500;

/**
 * Reversals that this process holds back until the delivery of their sale is final: woken at once when this process
 * ends that, within seconds when another one does. A hint only: the wake-up time on the row is what counts, so losing
 * this map costs a fraction of the reversal's age.
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

  /**
   * Wakes those whose sale is final by now: another replica settled it, or this one did while the reversal was still on
   * its way to be held. The longest waiting come first, and queue up again.
   */
  async look(now: number): Promise<void> {
    const parents = [...this.byParent.keys()].slice(0, LOOK);
    if (parents.length === 0) return;
    const final = await this.store.deliveries
      .find(
        { _id: { $in: parents }, state: { $nin: [...OPEN_STATES] } },
        { projection: { _id: 1 } },
      )
      .toArray();
    for (const { _id } of final) this.wake(_id, now);
    for (const parent of parents) {
      const children = this.byParent.get(parent);
      if (!children) continue;
      this.byParent.delete(parent);
      this.byParent.set(parent, children);
    }
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
