import type { Configuration } from '../../accounts/configuration.js';
import type { DeliveryDoc, EventDoc } from '../../ledger/documents.js';
import type { DeliveryModel, EventModel } from '../models.js';
import { MAX_TIME_MS, newestFirst, type PageOf } from '../paging/newest-first.js';
import { rowIdsOf } from '../events/row-ids.js';
import type { DeliveryQuery } from './delivery-query.js';

/** Replays of one delivery that are named with it. */
const MAX_REPLAYS = 50;

/** What the admin API asks the ledger about deliveries. */
export class DeliveryReads {
  constructor(
    private readonly deliveries: DeliveryModel,
    private readonly events: EventModel,
    private readonly configuration: Configuration,
  ) {}

  /** Newest first. */
  async list(query: DeliveryQuery): Promise<PageOf<DeliveryDoc>> {
    return newestFirst(this.deliveries, await this.conditions(query), query);
  }

  /** What a filter asks for; all of it must hold. */
  async conditions(query: Omit<DeliveryQuery, 'limit'>): Promise<Record<string, unknown>[]> {
    const { eventId, target, status, account } = query;
    const conditions: Record<string, unknown>[] = [];
    if (eventId !== undefined) conditions.push(await this.ofEvent(eventId));
    if (target !== undefined) conditions.push({ target });
    if (status !== undefined) conditions.push({ state: status });
    if (account !== undefined) conditions.push({ account });
    return conditions;
  }

  /** Rows have no index by event: their ids follow from the event's plan. */
  private async ofEvent(id: string): Promise<Record<string, unknown>> {
    const event = await this.events
      .findById(id, { plan: 1, flags: 1 })
      .maxTimeMS(MAX_TIME_MS)
      .lean<Pick<EventDoc, '_id' | 'plan' | 'flags'>>();
    const ids = event ? rowIdsOf(event, this.configuration) : [];
    return { $or: [{ _id: { $in: ids } }, { replayOf: { $in: ids } }] };
  }

  byId(id: string): Promise<DeliveryDoc | null> {
    return this.deliveries.findById(id).maxTimeMS(MAX_TIME_MS).lean<DeliveryDoc>().exec();
  }

  /** Ids of the deliveries that sent this one again, oldest first. */
  async replaysOf(id: string): Promise<readonly string[]> {
    const rows = await this.deliveries
      .find({ replayOf: id }, { at: 1 })
      .sort({ at: 1 })
      .limit(MAX_REPLAYS)
      .maxTimeMS(MAX_TIME_MS)
      .lean<Pick<DeliveryDoc, '_id'>[]>();
    return rows.map((row) => row._id);
  }
}
