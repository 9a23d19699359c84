import type { Configuration } from '../../accounts/configuration.js';
import {
  orderRef,
  type DeliveryDoc,
  type EventDoc,
  type ReceiptDoc,
} from '../../ledger/documents.js';
import type { LedgerStore } from '../../ledger/store.js';
import { orderEvents } from '../../ledger/timeline.js';
import { timeIdFloor } from '../../platform/ids/ids.js';
import type { DeliveryModel, EventModel, ReceiptModel } from '../models.js';
import { MAX_TIME_MS, newestFirst, type PageOf } from '../paging/newest-first.js';
import type { EventQuery } from './event-query.js';
import { rowIdsOf } from './row-ids.js';

/** Repeats of one event that are shown with it. */
const MAX_RECEIPTS = 20;
/** Looking for repeats must not hold up the event itself. */
const REPEATS_MS = 1000;
/** Copies that arrive together may have ids from before the one that counted. */
const SAME_MOMENT_MS = 60_000;

export interface EventReceipts {
  readonly docs: readonly ReceiptDoc[];
  /** False: there may be repeats that were not found in time, or more than are shown. */
  readonly complete: boolean;
}

/** What the admin API asks the ledger about events. */
export class EventReads {
  constructor(
    private readonly store: LedgerStore,
    private readonly events: EventModel,
    private readonly deliveries: DeliveryModel,
    private readonly receipts: ReceiptModel,
    private readonly configuration: Configuration,
  ) {}

  /** Newest first. An order's name finds the whole order, whichever of its events carries that name. */
  async list(query: EventQuery): Promise<PageOf<EventDoc>> {
    return newestFirst(this.events, await this.conditions(query), query);
  }

  /** What a filter asks for; all of it must hold. */
  async conditions(query: Omit<EventQuery, 'limit'>): Promise<Record<string, unknown>[]> {
    const { account, type, test, from, to, clickId, orderId } = query;
    const conditions: Record<string, unknown>[] = [];
    if (orderId !== undefined) {
      const found = await orderEvents(this.store, this.refsOf(orderId, account));
      conditions.push({ _id: { $in: found.map((event) => event._id) } });
    }
    if (account !== undefined) conditions.push({ 'source.account': account });
    if (type !== undefined) conditions.push({ type });
    if (test !== undefined) conditions.push({ test: test === 'true' });
    if (clickId !== undefined) conditions.push({ 'attribution.clickId': clickId });
    if (from !== undefined) conditions.push({ at: { $gte: new Date(from) } });
    if (to !== undefined) conditions.push({ at: { $lt: new Date(to) } });
    return conditions;
  }

  private refsOf(orderId: string, account: string | undefined): string[] {
    const accounts =
      account === undefined ? this.configuration.accounts.map(({ id }) => id) : [account];
    return accounts.map((id) => orderRef(id, orderId));
  }

  byId(id: string): Promise<EventDoc | null> {
    return this.events.findById(id).maxTimeMS(MAX_TIME_MS).lean<EventDoc>().exec();
  }

  /** All events of the event's order, oldest first, itself included. */
  async orderOf(event: EventDoc): Promise<readonly EventDoc[]> {
    const found = await orderEvents(this.store, event.refs ?? []);
    return found.some((other) => other._id === event._id) ? found : [event, ...found];
  }

  /** Deliveries of these events by their plans, replays included; oldest first. */
  rowsOf(events: readonly EventDoc[]): Promise<DeliveryDoc[]> {
    const ids = events.flatMap((event) => rowIdsOf(event, this.configuration));
    return this.deliveries
      .find({ $or: [{ _id: { $in: ids } }, { replayOf: { $in: ids } }] })
      .sort({ at: 1, _id: 1 })
      .maxTimeMS(MAX_TIME_MS)
      .lean<DeliveryDoc[]>()
      .exec();
  }

  /** The receipt that brought the event, and later ones that told it again. */
  async receiptsOf(event: EventDoc): Promise<EventReceipts> {
    const shown = { raw: 0, payload: 0, headers: 0 };
    const first = await this.receipts
      .findById(event.receiptId, shown)
      .maxTimeMS(MAX_TIME_MS)
      .lean<ReceiptDoc>();
    const docs = first ? [first] : [];
    try {
      // One equality for each state: a partial index is not used for a part of the list it was made with.
      const since = timeIdFloor(Date.parse(event.receivedAt) - SAME_MOMENT_MS);
      const told = { eventIds: event._id, _id: { $gte: since } };
      const again = await this.receipts
        .find(
          {
            $or: [
              { ...told, state: 'repeat' },
              { ...told, state: 'conflict' },
            ],
          },
          shown,
        )
        .limit(MAX_RECEIPTS + 1)
        .maxTimeMS(REPEATS_MS)
        .lean<ReceiptDoc[]>();
      const others = again.filter((doc) => doc._id !== event.receiptId);
      return {
        docs: [...docs, ...others.slice(0, MAX_RECEIPTS)],
        complete: again.length <= MAX_RECEIPTS,
      };
    } catch {
      return { docs, complete: false };
    }
  }
}
