import type { DeliveryDoc } from './documents.js';
import type { LedgerStore } from './store.js';

/**
 * A repeat may carry a newer plan than the event that it repeats. The stored plan is frozen: rows that only the newer one
 * wants are taken back before anybody delivers them.
 */
export async function takeBack(store: LedgerStore, rows: readonly DeliveryDoc[]): Promise<void> {
  if (rows.length === 0) return;
  await store.deliveries.deleteMany({ _id: { $in: rows.map((row) => row._id) }, attempts: 0 });
}

/**
 * Rows that this flush brought into the ledger. A group that is tried again after halving meets its own rows of the first
 * try: those that still carry the token of this group are nobody else's, and somebody must hand them on.
 */
export async function newRows(
  store: LedgerStore,
  rows: readonly DeliveryDoc[],
  duplicates: ReadonlySet<number>,
  again: boolean,
): Promise<readonly DeliveryDoc[]> {
  const fresh = rows.filter((_row, i) => !duplicates.has(i));
  const doubtful = rows.filter((_row, i) => duplicates.has(i));
  if (!again || doubtful.length === 0) return fresh;
  const stored = await store.deliveries
    .find({ _id: { $in: doubtful.map((row) => row._id) }, attempts: 0 })
    .toArray();
  const same = new Set(
    stored.flatMap((row) => {
      const mine = doubtful.find((one) => one._id === row._id);
      const ours = row.token === mine?.token && row.wakeAt?.getTime() === mine?.wakeAt?.getTime();
      return ours ? [row._id] : [];
    }),
  );
  return [...fresh, ...doubtful.filter((row) => same.has(row._id))];
}
