import type { TouchDoc } from '../ledger/documents.js';
import type { LedgerStore } from '../ledger/store.js';
import { within } from '../platform/clock/within.js';

/** A commit waits for the clicks behind it no longer than this (milliseconds). */
export const LOOK_MS = 50;
/** Touches of one browser that are looked at: clicks first, because impressions are many and never come before a click. */
const MAX_OTHERS = 100;

/** A touch and the others of the same browser. */
export interface Trail {
  readonly named: TouchDoc;
  readonly others: readonly TouchDoc[];
}

export type Trails = ReadonlyMap<string, Trail>;

/** The reading side of the click store. */
export class Touches {
  constructor(private readonly store: LedgerStore) {}

  /** Every known touch of these ids with its trail: one round trip, whatever their number. */
  async trails(ids: readonly string[], limitMs?: number): Promise<Trails> {
    const found = this.store.touches.aggregate<TouchDoc & { others: TouchDoc[] }>(
      [
        { $match: { _id: { $in: [...ids] } } },
        {
          $lookup: {
            from: 'touches',
            localField: 'visitor',
            foreignField: 'visitor',
            pipeline: [{ $sort: { kind: 1, at: -1 } }, { $limit: MAX_OTHERS }],
            as: 'others',
          },
        },
      ],
      limitMs === undefined ? {} : { maxTimeMS: limitMs },
    );
    const trails = new Map<string, Trail>();
    for await (const { others, ...named } of found) trails.set(named._id, { named, others });
    return trails;
  }

  /** The same within 50 ms; undefined when the store did not answer in time. */
  async trailsInTime(ids: readonly string[]): Promise<Trails | undefined> {
    const asked = this.trails(ids, LOOK_MS).catch(() => undefined);
    return within(LOOK_MS, asked, () => undefined);
  }

  /** The order that this click earns: the first that asks. Compare-and-set, so that of two at once one wins. */
  async claim(clickId: string, order: string): Promise<string | undefined> {
    const touch = await this.store.touches.findOneAndUpdate(
      { _id: clickId },
      [{ $set: { wonBy: { $ifNull: ['$wonBy', order] } } }],
      { returnDocument: 'after', projection: { wonBy: 1 } },
    );
    return touch?.wonBy;
  }
}
