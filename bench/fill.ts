import { randomFillSync } from 'node:crypto';
import type { mongo } from 'mongoose';
import { base32, deliveryId, timeId } from '../src/platform/ids/ids.js';
import type { DeliveryDoc, EventDoc, ReceiptDoc } from '../src/ledger/documents.js';

const PATTERNS = 200;
const BATCH = 1_000;
/** Batches on their way at a time: while one is being made, mongod stores another. */
const ABREAST = 3;
const DAY_MS = 86_400_000;
/** The history ends an hour ago and goes back so far. */
const SPAN_MS = 30 * DAY_MS;
const AGO_MS = 3_600_000;

interface Pattern {
  readonly receipt: ReceiptDoc;
  readonly event: EventDoc;
  readonly rows: readonly DeliveryDoc[];
}

interface Copies {
  readonly receipts: ReceiptDoc[];
  readonly events: EventDoc[];
  readonly deliveries: DeliveryDoc[];
}

/** What the server itself wrote: events with their receipt and final deliveries. */
async function readPatterns(db: mongo.Db): Promise<Pattern[]> {
  const events = await db.collection<EventDoc>('events').find().limit(PATTERNS).toArray();
  const ids = events.map(({ _id }) => _id);
  const receipts = await db
    .collection<ReceiptDoc>('receipts')
    .find({ _id: { $in: events.map(({ receiptId }) => receiptId) } })
    .toArray();
  const rows = await db
    .collection<DeliveryDoc>('deliveries')
    .find({ event: { $in: ids } })
    .toArray();
  const byEvent = new Map(receipts.map((receipt) => [receipt.eventIds[0], receipt]));
  const rowsOf = Map.groupBy(rows, ({ event }) => event);
  return events.flatMap((event) => {
    const receipt = byEvent.get(event._id);
    return receipt ? [{ receipt, event, rows: rowsOf.get(event._id) ?? [] }] : [];
  });
}

const random = Buffer.alloc(32);

function randomEventId(): string {
  randomFillSync(random);
  return base32(random);
}

const renamed = (names: readonly string[] | undefined, n: number): string[] =>
  (names ?? []).map((name) => `${name}h${n}`);

/** The n-th copy: other ids, keys, names and times, everything else as it was. */
function copy({ receipt, event, rows }: Pattern, n: number, at: Date): Pattern {
  const id = randomEventId();
  const receiptId = timeId(at.getTime());
  const iso = at.toISOString();
  return {
    receipt: { ...receipt, _id: receiptId, eventIds: [id], at },
    event: {
      ...event,
      _id: id,
      receiptId,
      occurredAt: iso,
      receivedAt: iso,
      source: { ...event.source, key: `${event.source.key}h${n}` },
      order: event.order && {
        ...event.order,
        id: `${event.order.id}h${n}`,
        aliases: renamed(event.order.aliases, n),
      },
      attribution: { ...event.attribution, clickId: `history${n}` },
      refs: renamed(event.refs, n),
      at,
    },
    rows: rows.map((row) => ({
      ...row,
      _id: deliveryId(id, row.target),
      event: id,
      at,
      settledAt: at,
    })),
  };
}

function copies(patterns: readonly Pattern[], from: number, to: number, atOf: (n: number) => Date) {
  const made: Copies = { receipts: [], events: [], deliveries: [] };
  for (let n = from; n < to; n += 1) {
    const pattern = patterns[n % patterns.length];
    if (!pattern) throw new RangeError('nothing to copy: the ledger is empty');
    const { receipt, event, rows } = copy(pattern, n, atOf(n));
    made.receipts.push(receipt);
    made.events.push(event);
    made.deliveries.push(...rows);
  }
  return made;
}

async function store(db: mongo.Db, { receipts, events, deliveries }: Copies): Promise<void> {
  const options = { ordered: false, writeConcern: { w: 1, journal: false } } as const;
  await Promise.all([
    db.collection<ReceiptDoc>('receipts').insertMany(receipts, options),
    db.collection<EventDoc>('events').insertMany(events, options),
    db.collection<DeliveryDoc>('deliveries').insertMany(deliveries, options),
  ]);
}

/**
 * Fills a ledger up to `documents` events by copying what the server has written into it, so that the shape is always
 * the server's own. All indexes stay in place. Copies are spread over the last thirty days, oldest first.
 */
export async function fill(db: mongo.Db, documents: number): Promise<void> {
  const patterns = await readPatterns(db);
  const missing = documents - (await db.collection('events').countDocuments());
  const begin = Date.now() - AGO_MS - SPAN_MS;
  const atOf = (n: number): Date => new Date(begin + Math.floor((n / missing) * SPAN_MS));
  let next = 0;
  const feed = async (): Promise<void> => {
    while (next < missing) {
      const from = next;
      next = Math.min(missing, from + BATCH);
      await store(db, copies(patterns, from, next, atOf));
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, feed));
}
