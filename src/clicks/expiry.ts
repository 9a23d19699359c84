import type { LedgerStore } from '../ledger/store.js';

const BATCH = 1000;

/**
 * Forgets touches whose time has come and that led to nothing. Whether one did is asked of the ledger, so that no mark can
 * be missing: a touch on the path of any conversion stays, and is not asked about again.
 */
export class ClickExpiry {
  constructor(private readonly store: LedgerStore) {}

  /** One batch; `now` in epoch milliseconds. Returns how many were looked at. */
  async run(now: number): Promise<number> {
    const due = await this.store.touches
      .find({ expireAt: { $lte: new Date(now) } }, { projection: { _id: 1 } })
      .limit(BATCH)
      .toArray();
    if (due.length === 0) return 0;
    const ids = due.map(({ _id }) => _id);
    const converted = await this.converted(ids);
    const kept = ids.filter((id) => converted.has(id));
    if (kept.length > 0)
      await this.store.touches.updateMany({ _id: { $in: kept } }, { $unset: { expireAt: 1 } });
    const gone = ids.filter((id) => !converted.has(id));
    if (gone.length > 0)
      await this.store.touches.deleteMany({
        _id: { $in: gone },
        expireAt: { $lte: new Date(now) },
      });
    return ids.length;
  }

  private async converted(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const wanted = new Set(ids);
    const found = this.store.events.find(
      {
        type: { $ne: 'CLICK' },
        $or: [
          { 'attribution.clickId': { $in: [...ids] } },
          { 'attribution.path.clickId': { $in: [...ids] } },
        ],
      },
      { projection: { 'attribution.clickId': 1, 'attribution.path.clickId': 1 } },
    );
    const converted = new Set<string>();
    for await (const { attribution } of found) {
      const named = [attribution.clickId, ...(attribution.path ?? []).map((one) => one.clickId)];
      for (const id of named) if (id !== null && wanted.has(id)) converted.add(id);
    }
    return converted;
  }
}
