import type { DeliveryDoc } from '../ledger/documents.js';
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
  const set: Partial<DeliveryDoc> =
    decision === 'delivered'
      ? { state: 'delivered', reason: 'said-by-a-person', settledAt: now }
      : { state: 'due', wakeAt: now };
  const unset = decision === 'delivered' ? { wakeAt: 1, token: 1 } : { reason: 1, token: 1 };
  const changed = await store.deliveries.updateOne(
    { _id: id, state: 'uncertain', reason: 'hold' },
    { $set: set, $unset: unset },
  );
  return changed.modifiedCount === 1;
}
