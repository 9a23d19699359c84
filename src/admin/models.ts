import { MongooseModule } from '@nestjs/mongoose';
import { Schema, type Model, type SchemaOptions } from 'mongoose';
import { EVENT_TYPES } from '../contract/index.js';
import {
  FINAL_STATES,
  OPEN_STATES,
  RECEIPT_STATES,
  type DeliveryDoc,
  type EventDoc,
  type ReceiptDoc,
} from '../ledger/documents.js';

/** Reads only: the ledger writes, and it makes the collections and the indexes. */
const OPTIONS = {
  strict: 'throw',
  strictQuery: 'throw',
  versionKey: false,
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
  id: false,
} as const satisfies SchemaOptions;

const { Mixed } = Schema.Types;

export const DELIVERY_STATES = [...OPEN_STATES, ...FINAL_STATES] as const;

const event = new Schema(
  {
    _id: String,
    schemaVersion: Number,
    type: { type: String, enum: [...EVENT_TYPES] },
    test: Boolean,
    receiptId: String,
    contentHash: String,
    occurredAt: String,
    receivedAt: String,
    source: { plugin: String, account: String, key: String, nativeType: String, trust: String },
    order: Mixed,
    attribution: Mixed,
    revenue: Mixed,
    payout: Mixed,
    customer: Mixed,
    consent: Mixed,
    flags: [String],
    reverses: String,
    adjusts: String,
    plan: [Mixed],
    refs: [String],
    at: Date,
  },
  OPTIONS,
);

const delivery = new Schema(
  {
    _id: String,
    event: String,
    target: String,
    account: String,
    type: { type: String, enum: [...EVENT_TYPES] },
    route: String,
    configVersion: Number,
    state: { type: String, enum: [...DELIVERY_STATES] },
    reason: String,
    wakeAt: Date,
    token: String,
    attempts: Number,
    crashes: Number,
    unsure: Boolean,
    sentAt: Date,
    at: Date,
    pausedMs: Number,
    steps: [Mixed],
    remoteIds: Mixed,
    parent: String,
    replayOf: String,
    log: [Mixed],
    settledAt: Date,
  },
  OPTIONS,
);

const receipt = new Schema(
  {
    _id: String,
    account: String,
    source: String,
    state: { type: String, enum: [...RECEIPT_STATES] },
    reason: String,
    via: String,
    at: Date,
    method: String,
    query: String,
    headers: Mixed,
    raw: Buffer,
    payload: String,
    trust: String,
    credential: String,
    eventIds: [String],
    draftIds: [String],
  },
  OPTIONS,
);

export type EventModel = Model<EventDoc>;
export type DeliveryModel = Model<DeliveryDoc>;
export type ReceiptModel = Model<ReceiptDoc>;

export const EVENTS = 'LedgerEvent';
export const DELIVERIES = 'LedgerDelivery';
export const RECEIPTS = 'LedgerReceipt';

/** The ledger's collections as mongoose sees them. */
export const ledgerModels = MongooseModule.forFeature([
  { name: EVENTS, schema: event, collection: 'events' },
  { name: DELIVERIES, schema: delivery, collection: 'deliveries' },
  { name: RECEIPTS, schema: receipt, collection: 'receipts' },
]);
