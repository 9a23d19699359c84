import type { QueryFilter } from 'mongoose';
import type { DraftDoc, ReceiptDoc } from '../../ledger/documents.js';
import type { LedgerStore } from '../../ledger/store.js';
import type { ReceiptModel } from '../models.js';
import { decodeCursor, encodeCursor } from '../paging/cursor.js';
import { MAX_TIME_MS, type PageOf } from '../paging/newest-first.js';
import type { ReceiptQuery } from './receipt-query.js';

const LINE = { raw: 0, payload: 0, headers: 0 } as const;

/** What a filter asks for; all of it must hold. */
export const receiptFilter = ({ account, state }: Omit<ReceiptQuery, 'limit'>) => ({
  ...(account === undefined ? {} : { account }),
  ...(state === undefined ? {} : { state }),
});

/** What the admin API asks the ledger about receipts. */
export class ReceiptReads {
  constructor(
    private readonly receipts: ReceiptModel,
    private readonly store: LedgerStore,
  ) {}

  /** What of a receipt was no event at once. */
  drafts(receipt: string): Promise<DraftDoc[]> {
    return this.store.drafts
      .find({ receipt }, { projection: { told: 0 } })
      .maxTimeMS(MAX_TIME_MS)
      .toArray();
  }

  /** Newest first: the ids of receipts sort by time. */
  async list(query: ReceiptQuery): Promise<PageOf<ReceiptDoc>> {
    const { limit, cursor } = query;
    const filter: QueryFilter<ReceiptDoc> = {
      ...receiptFilter(query),
      ...(cursor === undefined ? {} : { _id: { $lt: decodeCursor(cursor).id } }),
    };
    const found = await this.receipts
      .find(filter, LINE)
      .sort({ _id: -1 })
      .limit(limit + 1)
      .maxTimeMS(MAX_TIME_MS)
      .lean<ReceiptDoc[]>();
    const docs = found.slice(0, limit);
    const end = docs.at(-1);
    const more = found.length > limit && end !== undefined;
    return { docs, nextCursor: more ? encodeCursor({ at: end.at.getTime(), id: end._id }) : null };
  }

  byId(id: string): Promise<ReceiptDoc | null> {
    return this.receipts.findById(id).maxTimeMS(MAX_TIME_MS).lean<ReceiptDoc>().exec();
  }
}
