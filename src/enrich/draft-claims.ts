import type { DraftDoc } from '../ledger/documents.js';
import type { LedgerStore } from '../ledger/store.js';
import { randomId } from '../platform/ids/ids.js';

/** A claim lasts so long; every look-up that is answered renews it. Longer than one HTTP exchange with its turn. */
export const CLAIM_MS = 60_000;

/** Drafts that this process works on, by compare-and-set on `wakeAt`: no leader, several replicas. */
export class DraftClaims {
  constructor(
    private readonly store: LedgerStore,
    private readonly now: () => number,
  ) {}

  /** Accounts with something due. */
  async accounts(): Promise<readonly string[]> {
    return this.store.drafts.distinct('account', { wakeAt: { $lte: new Date(this.now()) } });
  }

  /** The oldest drafts of an account that are due. */
  due(account: string, limit: number): Promise<Pick<DraftDoc, '_id' | 'wakeAt'>[]> {
    return this.store.drafts
      .find({ account, wakeAt: { $lte: new Date(this.now()) } }, { projection: { wakeAt: 1 } })
      .sort({ wakeAt: 1 })
      .limit(limit)
      .toArray();
  }

  /** Undefined: another replica has it, or it is done. */
  async take({ _id, wakeAt }: Pick<DraftDoc, '_id' | 'wakeAt'>): Promise<DraftDoc | undefined> {
    if (!wakeAt) return undefined;
    const token = randomId();
    const until = new Date(this.now() + CLAIM_MS);
    // A token that is still there belongs to a process that ended over it.
    const taken = await this.store.drafts.findOneAndUpdate(
      { _id, wakeAt },
      [
        {
          $set: {
            crashes: { $add: ['$crashes', { $cond: [{ $ifNull: ['$token', false] }, 1, 0] }] },
            token,
            wakeAt: until,
          },
        },
      ],
      { returnDocument: 'after' },
    );
    return taken ?? undefined;
  }

  /** A look-up was answered: kept, so that it need not be asked again. False: no longer ours. */
  async keepStep(row: DraftDoc, told: string, step: number): Promise<boolean> {
    const wakeAt = new Date(this.now() + CLAIM_MS);
    return this.set(row, { $set: { told, step, wakeAt } });
  }

  /** Not now: due again at `at`. */
  async putBack(row: DraftDoc, at: number, change: Partial<DraftDoc> = {}): Promise<boolean> {
    return this.set(row, { $set: { ...change, wakeAt: new Date(at) }, $unset: { token: 1 } });
  }

  /** What became of it is written; `wakeAt` stays until its receipt knows, too. */
  async result(row: DraftDoc, change: Partial<DraftDoc>): Promise<boolean> {
    const { reason, ...set } = change;
    const parked = set.state === 'parked';
    return this.set(row, {
      $set: reason === undefined ? set : { ...set, reason },
      $unset: { ...(reason === undefined ? { reason: 1 } : {}), ...(parked ? {} : { told: 1 }) },
    });
  }

  /** Nothing is left to do. */
  async end(row: DraftDoc): Promise<boolean> {
    return this.set(row, { $unset: { wakeAt: 1, token: 1 } });
  }

  private async set(row: DraftDoc, update: object): Promise<boolean> {
    const done = await this.store.drafts.updateOne(
      { _id: row._id, token: row.token ?? '' },
      update,
    );
    return done.matchedCount === 1;
  }

  /** When the one that stands before this draft in the turn of its record is looked at, epoch ms; undefined: nobody does. */
  async before({ _id, record, at }: DraftDoc): Promise<number | undefined> {
    if (record === undefined) return undefined;
    const first = await this.store.drafts.findOne(
      { record, wakeAt: { $exists: true } },
      { sort: { at: 1, _id: 1 }, projection: { at: 1, wakeAt: 1 } },
    );
    const earlier =
      first &&
      first._id !== _id &&
      (first.at.getTime() < at.getTime() ||
        (first.at.getTime() === at.getTime() && first._id < _id));
    return earlier ? (first.wakeAt?.getTime() ?? this.now()) : undefined;
  }

  /** The next one of this record may go at once. */
  async wakeNext({ record }: DraftDoc): Promise<void> {
    if (record === undefined) return;
    await this.store.drafts.findOneAndUpdate(
      { record, wakeAt: { $gt: new Date(this.now()) }, reason: WAITS },
      { $set: { wakeAt: new Date(this.now()) } },
      { sort: { at: 1, _id: 1 } },
    );
  }
}

/** Reason of a draft that stands behind another one of its record. */
export const WAITS = 'an earlier change of the record comes first';
