import type { LedgerStore } from '../ledger/store.js';
import type { Clock } from '../platform/clock/clock.js';

export type Decision = 'delivered' | 'resend';

/**
 * A person's word on a delivery of unknown fate whose target would rather ask than send twice. False: it is not (or no
 * longer) waiting for one.
 */
export async function decide(
  store: LedgerStore,
  clock: Clock,
  id: string,
  decision: Decision,
): Promise<boolean> {
  const now = new Date(clock.now());
  const waiting = { _id: id, state: 'uncertain', reason: 'hold' } as const;
  const changed = await store.deliveries.updateOne(
    waiting,
    decision === 'delivered'
      ? {
          $set: { state: 'delivered', reason: 'said-by-a-person', settledAt: now },
          $unset: { wakeAt: 1, token: 1 },
        }
      : { $set: { state: 'due', wakeAt: now }, $unset: { reason: 1, token: 1 } },
  );
  return changed.modifiedCount === 1;
}
