import type { mongo } from 'mongoose';
import type { DeliveryDoc, EventDoc, ReceiptDoc } from '../../ledger/documents.js';
import type { LedgerStore } from '../../ledger/store.js';
import type { Clock } from '../../platform/clock/clock.js';
import { timeIdFloor } from '../../platform/ids/ids.js';
import type { DeliveryReads } from '../deliveries/delivery-reads.js';
import type { EventReads } from '../events/event-reads.js';
import { receiptFilter } from '../receipts/receipt-reads.js';
import type { DeliveryExportQuery, EventExportQuery, ReceiptExportQuery } from './export-query.js';

const BATCH = 500;

/** Cursors over everything that a filter finds and that came before now, oldest first. They take as long as it takes. */
export class ExportReads {
  constructor(
    private readonly store: LedgerStore,
    private readonly eventReads: EventReads,
    private readonly deliveryReads: DeliveryReads,
    private readonly clock: Clock,
  ) {}

  private get now(): Date {
    return new Date(this.clock.now());
  }

  async events(query: EventExportQuery): Promise<mongo.FindCursor<EventDoc>> {
    const conditions = await this.eventReads.conditions(query);
    // Orders and clicks have indexes of their own, and few events.
    const few = query.orderId !== undefined || query.clickId !== undefined;
    const options = { batchSize: BATCH, ...(few ? {} : { hint: 'arrival' }) };
    return this.store.events
      .find({ $and: [{ at: { $lt: this.now } }, ...conditions] }, options)
      .sort({ at: 1 });
  }

  async deliveries(query: DeliveryExportQuery): Promise<mongo.FindCursor<DeliveryDoc>> {
    const conditions = await this.deliveryReads.conditions(query);
    const few = query.eventId !== undefined;
    const options = {
      ...{ batchSize: BATCH, projection: { log: 0, steps: 0 } },
      ...(few ? {} : { hint: 'arrival' }),
    };
    return this.store.deliveries
      .find({ $and: [{ at: { $lt: this.now } }, ...conditions] }, options)
      .sort({ at: 1 });
  }

  receipts(query: ReceiptExportQuery): mongo.FindCursor<ReceiptDoc> {
    const before = { _id: { $lt: timeIdFloor(this.clock.now()) } };
    const projection = { raw: 0, payload: 0, headers: 0 };
    return this.store.receipts
      .find({ $and: [before, receiptFilter(query)] }, { batchSize: BATCH, projection })
      .sort({ _id: 1 });
  }
}
