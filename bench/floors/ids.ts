/**
 * The gateway's own shape without framework, plugins, logs, metrics, repair and sweeps: group commit of receipts, events
 * and delivery rows that are born claimed; one Bull job of ids per group and target; a lane per target; outcomes
 * written in groups. What Waybill loses against it is the price of everything else.
 */
import { randomBytes } from 'node:crypto';
import type { mongo } from 'mongoose';
import { openDoor, serve, type Verified } from './door.js';
import { deliveryId, eventDoc, receiptDoc, targetsOf, type EventDoc } from './documents.js';
import { DELIVERS, ONE_TRY, openMongo, openQueues } from './floor-stores.js';
import { GroupCommit } from './group-commit.js';
import { Lane, type Claim } from './lane.js';

const LEASE_MS = 30_000;
const SETTLE_MS = 20;
const REMEMBERED = 5_000;
const QUEUES = ['deliver-0', 'deliver-1', 'deliver-2', 'deliver-3'];
const JOBS_AT_ONCE = 4;

interface RowDoc {
  _id: string;
  event: string;
  target: string;
  state: string;
  token?: string;
  wakeAt?: Date;
  attempts: number;
  settledAt?: Date;
  [field: string]: unknown;
}

interface Job {
  readonly target: string;
  readonly ids: readonly string[];
  readonly token?: string;
}

interface Write {
  readonly receipt: ReturnType<typeof receiptDoc>;
  readonly event: EventDoc;
  readonly rows: readonly RowDoc[];
}

const db = await openMongo();
const receipts = db.collection<{ _id: string }>('receipts');
const events = db.collection<EventDoc>('events');
const rows = db.collection<RowDoc>('deliveries');
await rows.createIndex(
  { target: 1, wakeAt: 1, _id: 1 },
  { name: 'wake', partialFilterExpression: { wakeAt: { $exists: true } } },
);

const token = (): string => randomBytes(16).toString('hex');
const recent = new Map<string, EventDoc>();
const lanes = new Map<string, Lane>();

function laneOf(target: string): Lane {
  const known = lanes.get(target);
  if (known) return known;
  const lane = new Lane(target, settle);
  lanes.set(target, lane);
  return lane;
}

const ingest = new GroupCommit<Write>(flush);

function rowsOf(event: EventDoc, account: string, now: number): RowDoc[] {
  return targetsOf(account).map((target) => ({
    _id: deliveryId(event._id, target),
    event: event._id,
    target,
    account,
    type: 'SALE',
    route: 'r',
    configVersion: 1,
    state: 'due',
    wakeAt: new Date(now + LEASE_MS),
    attempts: 0,
    crashes: 0,
    at: new Date(now),
    pausedMs: 0,
  }));
}

function record(verified: Verified): Promise<void> {
  const now = Date.now();
  const draft = eventDoc(verified, now);
  const receipt = receiptDoc(verified, draft._id, now);
  const event = { ...draft, receiptId: receipt._id };
  return ingest.add({ receipt, event, rows: rowsOf(event, verified.account, now) });
}

async function insert<T extends mongo.Document>(
  collection: mongo.Collection<T>,
  documents: readonly mongo.OptionalUnlessRequiredId<T>[],
): Promise<void> {
  if (documents.length > 0) await collection.insertMany([...documents], { ordered: false });
}

async function flush(group: readonly Write[]): Promise<void> {
  const claim = token();
  const born = group.flatMap((one) => one.rows);
  for (const row of born) {
    if (!DELIVERS || !laneOf(row.target).takesNewborn) continue;
    row.state = 'sending';
    row.token = claim;
  }
  await Promise.all([
    insert(
      receipts,
      group.map((one) => one.receipt),
    ),
    insert(
      events,
      group.map((one) => one.event),
    ),
    insert(rows, born),
  ]);
  queueMicrotask(() => enqueue(group, born, claim));
}

// Deliver: Bull carries ids only; the events are still in memory.
const queues = openQueues<Job>(QUEUES);
const queueOf = (target: string) => queues[Number(target.slice(1)) % queues.length];

function enqueue(group: readonly Write[], born: readonly RowDoc[], claim: string): void {
  for (const { event } of group) recent.set(event._id, event);
  while (recent.size > REMEMBERED) recent.delete(recent.keys().next().value ?? '');
  const jobs = new Map<string, string[]>();
  for (const row of born) {
    const key = `${row.target}|${row.token ?? ''}`;
    const ids = jobs.get(key);
    if (ids) ids.push(row.event);
    else jobs.set(key, [row.event]);
  }
  for (const [key, ids] of jobs) {
    const [target = '', held] = key.split('|');
    void queueOf(target)?.add({ target, ids, ...(held ? { token: claim } : {}) }, ONE_TRY);
  }
}

async function hand({ target, ids, token: held }: Job): Promise<void> {
  const mine = held ?? (await claimRows(target, ids));
  const missing = ids.filter((id) => !recent.has(id));
  const found = await events.find({ _id: { $in: missing } }).toArray();
  const read = new Map(found.map((event) => [event._id, event]));
  const claims = ids.flatMap((id): Claim[] => {
    const event = recent.get(id) ?? read.get(id);
    return event ? [{ id: deliveryId(id, target), token: mine, event }] : [];
  });
  laneOf(target).accept(claims);
}

async function claimRows(target: string, ids: readonly string[]): Promise<string> {
  const claim = token();
  await rows.updateMany(
    { _id: { $in: ids.map((id) => deliveryId(id, target)) }, state: 'due' },
    { $set: { state: 'sending', token: claim, wakeAt: new Date(Date.now() + 2 * LEASE_MS) } },
    { writeConcern: { w: 1 } },
  );
  return claim;
}

for (const queue of DELIVERS ? queues : []) {
  void queue.process(JOBS_AT_ONCE, ({ data }) => hand(data));
}

// Settle: outcomes of one token are one update; one write on its way at a time.
let settled: { claim: Claim; released: () => void }[] = [];
let timer: NodeJS.Timeout | undefined;
let settling = false;

function settle(claim: Claim, released: () => void): void {
  settled.push({ claim, released });
  timer ??= setTimeout(() => void writeOutcomes(), SETTLE_MS);
}

async function writeOutcomes(): Promise<void> {
  timer = undefined;
  if (settling) return;
  settling = true;
  while (settled.length > 0) {
    const batch = settled;
    settled = [];
    const groups = Map.groupBy(batch, ({ claim }) => claim.token);
    const settledAt = new Date();
    await rows.bulkWrite(
      [...groups].map(([held, members]) => ({
        updateMany: {
          filter: { _id: { $in: members.map(({ claim }) => claim.id) }, token: held },
          update: {
            $set: { state: 'delivered', settledAt, attempts: 1 },
            $unset: { token: 1, wakeAt: 1 },
          },
        },
      })),
      { ordered: false },
    );
    for (const { released } of batch) released();
  }
  settling = false;
}

await serve(openDoor(record));
