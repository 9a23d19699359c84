import { OPEN_STATES, type DeliveryDoc } from '../../ledger/documents.js';
import type { DeliveryModel } from '../models.js';

/** Rows of one target are counted up to here: enough to see trouble, never a scan of a whole backlog. */
export const COUNT_LIMIT = 20_000;
const MAX_TIME_MS = 3000;

/** Any moment: written out because the index holds only rows with one. */
const EVER = { $gte: new Date(0) };

export type OpenCounts = Readonly<Record<(typeof OPEN_STATES)[number], number>>;

export interface OpenRows {
  readonly counts: OpenCounts;
  /** There are more: counting stopped. */
  readonly capped: boolean;
}

/** What waits for each target, by the index that the sweeper uses. */
export class OpenRowReads {
  constructor(private readonly deliveries: DeliveryModel) {}

  async of(target: string): Promise<OpenRows> {
    const groups = await this.deliveries
      .aggregate<{ _id: (typeof OPEN_STATES)[number]; rows: number }>([
        { $match: { target, wakeAt: EVER } },
        { $limit: COUNT_LIMIT },
        { $group: { _id: '$state', rows: { $sum: 1 } } },
      ])
      .option({ maxTimeMS: MAX_TIME_MS });
    const counts = Object.fromEntries(OPEN_STATES.map((state) => [state, 0]));
    for (const { _id, rows } of groups) counts[_id] = rows;
    const sum = groups.reduce((total, { rows }) => total + rows, 0);
    return { counts: counts as OpenCounts, capped: sum >= COUNT_LIMIT };
  }

  /** Birth of the delivery that is due for longest, epoch ms; null when none is due. */
  async oldestDue(target: string, now: number): Promise<number | null> {
    const row = await this.deliveries
      .findOne({ target, wakeAt: { $lte: new Date(now) } }, { at: 1 })
      .sort({ wakeAt: 1 })
      .maxTimeMS(MAX_TIME_MS)
      .lean<Pick<DeliveryDoc, '_id' | 'at'>>();
    return row?.at.getTime() ?? null;
  }

  /** Every target with open rows, also those that the configuration does not know any more: one seek for each. */
  async targets(): Promise<readonly string[]> {
    const found: string[] = [];
    for (;;) {
      const row = await this.deliveries
        .findOne({ target: { $gt: found.at(-1) ?? '' }, wakeAt: EVER }, { target: 1 })
        .sort({ target: 1 })
        .maxTimeMS(MAX_TIME_MS)
        .lean<Pick<DeliveryDoc, '_id' | 'target'>>();
      if (!row || found.length >= 1000) return found;
      found.push(row.target);
    }
  }
}
