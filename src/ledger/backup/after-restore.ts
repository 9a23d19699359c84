import type { Collection, Db } from '../../platform/mongo/mongo-store.js';
import type { DeliveryDoc, DraftDoc, EventDoc, ReceiptDoc } from '../documents.js';
import { plannedRowIds } from '../commit.js';

/** A commit takes no longer: its write concern gives up after seconds. */
const COMMIT_MS = 60_000;
const BATCH = 1000;

/** What was done to a restored ledger before a gateway may work on it. */
export interface AfterRestore {
  /** Receipts whose commit the backup had cut in half; they and what they brought were taken out. */
  readonly halves: number;
  /** Open deliveries that may have been sent since the backup. */
  readonly uncertain: number;
  /** Targets that wait for somebody to resume them. */
  readonly paused: readonly string[];
}

export interface AfterRestoreOptions {
  /** Everything acknowledged before this moment is in the backup. */
  readonly upTo: Date;
  /** MongoDB's clock. */
  readonly now: Date;
  /** Open deliveries wait for a person, whatever their target would do. */
  readonly hold: boolean;
  /** Every target waits for somebody to resume it. */
  readonly pause: boolean;
}

/**
 * Makes a ledger as it was at `upTo` fit to go on from. A commit that was on its way then was answered to nobody yet: it is
 * taken out, and the network's repeat finds nothing. Every open delivery may have been sent between then and the loss, so it
 * is `uncertain`, as after a crash: the partner is asked first where it can be, otherwise it is sent again under the same
 * idempotency id, or held for a person where its target wants that.
 */
export async function afterRestore(db: Db, options: AfterRestoreOptions): Promise<AfterRestore> {
  const halves = await takeHalvesOut(db, new Date(options.upTo.getTime() - COMMIT_MS));
  const uncertain = await markUncertain(db, options);
  const paused = options.pause ? await pauseAll(db, options) : [];
  return { halves, uncertain, paused };
}

async function markUncertain(db: Db, { now, hold }: AfterRestoreOptions): Promise<number> {
  const asked = { state: 'uncertain', reason: 'hold' } as const;
  const marked = await db.collection<DeliveryDoc>('deliveries').updateMany(
    { wakeAt: { $exists: true }, $nor: [asked] },
    {
      $set: { state: 'uncertain', unsure: true, wakeAt: now, ...(hold ? { reason: 'hold' } : {}) },
      $unset: { token: 1, sentAt: 1, begun: 1, ...(hold ? {} : { reason: 1 }) },
    },
  );
  return marked.modifiedCount;
}

async function pauseAll(db: Db, { upTo, now }: AfterRestoreOptions): Promise<readonly string[]> {
  const targets = (await db.collection<DeliveryDoc>('deliveries').distinct('target')).toSorted();
  const states = db.collection<{ _id: string; paused: boolean; pausedMs: number }>('target_states');
  const who = `operator: restored from a backup of ${upTo.toISOString()}; compare with the partner, then resume`;
  for (const target of targets) {
    await states
      .updateOne(
        { _id: target, paused: { $ne: true } },
        { $set: { paused: true, who, since: now }, $setOnInsert: { pausedMs: 0 } },
        { upsert: true },
      )
      .catch((error: unknown) => {
        // It was paused already and keeps its reason.
        if ((error as { code?: unknown }).code !== 11_000) throw error;
      });
  }
  return targets;
}

interface Rooms {
  readonly receipts: Collection<ReceiptDoc>;
  readonly events: Collection<EventDoc>;
  readonly deliveries: Collection<DeliveryDoc>;
  readonly drafts: Collection<DraftDoc>;
}

async function takeHalvesOut(db: Db, since: Date): Promise<number> {
  const rooms: Rooms = {
    receipts: db.collection<ReceiptDoc>('receipts'),
    events: db.collection<EventDoc>('events'),
    deliveries: db.collection<DeliveryDoc>('deliveries'),
    drafts: db.collection<DraftDoc>('drafts'),
  };
  let taken = 0;
  // A repeat of what was taken out is one itself.
  for (let ids = await halvesOf(rooms, since); ids.length > 0; ids = await halvesOf(rooms, since)) {
    for (let i = 0; i < ids.length; i += BATCH) await takeOut(rooms, ids.slice(i, i + BATCH));
    taken += ids.length;
  }
  await orphanRows(rooms, since);
  return taken;
}

const halvesOf = async (rooms: Rooms, since: Date): Promise<readonly string[]> => [
  ...new Set([
    ...(await ofReceipts(rooms, since)),
    ...(await ofEvents(rooms, since)),
    ...(await ofDrafts(rooms, since)),
  ]),
];

/** Everything that these receipts brought. What another receipt brought first is its own and stays. */
async function takeOut(rooms: Rooms, receipts: readonly string[]): Promise<void> {
  const theirs = { receiptId: { $in: [...receipts] } };
  const events = await rooms.events.find(theirs, { projection: { _id: 1 } }).toArray();
  await rooms.deliveries.deleteMany({ event: { $in: events.map(({ _id }) => _id) } });
  await rooms.events.deleteMany(theirs);
  await rooms.drafts.deleteMany({ receipt: { $in: [...receipts] } });
  await rooms.receipts.deleteMany({ _id: { $in: [...receipts] } });
}

/** Receipts that name events or drafts which are not there. */
async function ofReceipts({ receipts, events, drafts }: Rooms, since: Date): Promise<string[]> {
  const halves: string[] = [];
  const late = { at: { $gte: since }, state: { $ne: 'parked' as const } };
  const projection = { eventIds: 1, draftIds: 1 };
  for await (const some of batched(receipts.find(late, { projection }))) {
    const has = await known(
      events,
      some.flatMap(({ eventIds }) => eventIds),
    );
    const drafted = await known(
      drafts,
      some.flatMap(({ draftIds = [] }) => draftIds),
    );
    for (const { _id, eventIds, draftIds = [] } of some) {
      const whole = eventIds.every((id) => has.has(id)) && draftIds.every((id) => drafted.has(id));
      if (!whole) halves.push(_id);
    }
  }
  return halves;
}

/** Events without their receipt, or without a delivery of their plan. */
async function ofEvents({ receipts, events, deliveries }: Rooms, since: Date): Promise<string[]> {
  const halves: string[] = [];
  const projection = { receiptId: 1, plan: 1 };
  for await (const some of batched(events.find({ at: { $gte: since } }, { projection }))) {
    const has = await known(
      receipts,
      some.map(({ receiptId }) => receiptId),
    );
    const rows = await known(deliveries, some.flatMap(plannedRowIds));
    for (const event of some) {
      const whole = has.has(event.receiptId) && plannedRowIds(event).every((id) => rows.has(id));
      if (!whole) halves.push(event.receiptId);
    }
  }
  return halves;
}

async function ofDrafts({ receipts, drafts }: Rooms, since: Date): Promise<string[]> {
  const halves: string[] = [];
  const late = drafts.find({ since: { $gte: since } }, { projection: { receipt: 1 } });
  for await (const some of batched(late)) {
    const has = await known(
      receipts,
      some.map(({ receipt }) => receipt),
    );
    halves.push(...some.map(({ receipt }) => receipt).filter((id) => !has.has(id)));
  }
  return halves;
}

/** Deliveries whose event is not there: of a commit of which nothing else had arrived. */
async function orphanRows({ events, deliveries }: Rooms, since: Date): Promise<void> {
  const late = deliveries.find({ at: { $gte: since } }, { projection: { event: 1 } });
  for await (const some of batched(late)) {
    const has = await known(
      events,
      some.map(({ event }) => event),
    );
    const orphans = some.filter(({ event }) => !has.has(event)).map(({ _id }) => _id);
    if (orphans.length > 0) await deliveries.deleteMany({ _id: { $in: orphans } });
  }
}

async function* batched<T>(cursor: AsyncIterable<T>): AsyncGenerator<T[]> {
  let some: T[] = [];
  for await (const one of cursor) {
    some.push(one);
    if (some.length < BATCH) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

async function known<T extends { _id: string }>(
  collection: Collection<T>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const filter = { _id: { $in: [...new Set(ids)] } } as object;
  const found = await collection.find(filter, { projection: { _id: 1 } }).toArray();
  return new Set(found.map((one) => String(one._id)));
}
