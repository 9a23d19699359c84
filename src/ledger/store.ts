import type { Collection, MongoStore } from '../platform/mongo/mongo-store.js';
import type {
  DeliveryDoc,
  DraftDoc,
  EventDoc,
  OrderLinkDoc,
  ReceiptDoc,
  TouchDoc,
} from './documents.js';

/** The ledger's collections through the driver: mongoose costs a third of the throughput here (docs/performance.md). */
export class LedgerStore {
  constructor(readonly mongo: MongoStore) {}

  get receipts(): Collection<ReceiptDoc> {
    return this.mongo.db.collection<ReceiptDoc>('receipts');
  }

  get events(): Collection<EventDoc> {
    return this.mongo.db.collection<EventDoc>('events');
  }

  get deliveries(): Collection<DeliveryDoc> {
    return this.mongo.db.collection<DeliveryDoc>('deliveries');
  }

  get drafts(): Collection<DraftDoc> {
    return this.mongo.db.collection<DraftDoc>('drafts');
  }

  get links(): Collection<OrderLinkDoc> {
    return this.mongo.db.collection<OrderLinkDoc>('order_links');
  }

  get touches(): Collection<TouchDoc> {
    return this.mongo.db.collection<TouchDoc>('touches');
  }
}
