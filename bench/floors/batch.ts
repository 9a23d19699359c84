/**
 * Group commit, and behind it one Bull job per group and target that carries the requests themselves; one mark per job.
 * A queue and a pool per target. What a job holds when its process dies is sent again as a whole.
 */
import { Pool } from 'undici';
import { TARGETS, targetOf } from '../scenarios.js';
import { given, openDoor, serve, type Verified } from './door.js';
import { eventDoc, postbackPath, targetsOf, type EventDoc } from './documents.js';
import { DELIVERS, ONE_TRY, openMongo, openQueues } from './floor-stores.js';
import { GroupCommit } from './group-commit.js';

/** At a low rate every group is one event: fewer jobs at a time would be fewer requests at a time. */
const JOBS_AT_ONCE = 64;
const SOCKETS = 32;

interface BatchJob {
  readonly target: string;
  readonly ids: readonly string[];
  readonly paths: readonly string[];
}

interface Write {
  readonly event: EventDoc;
  readonly targets: readonly string[];
}

const db = await openMongo();
const events = db.collection<EventDoc>('events');
const names = TARGETS.map(targetOf);
const queues = new Map(openQueues<BatchJob>(names).map((queue) => [queue.name, queue]));
const pools = new Map(
  names.map((name) => [name, new Pool(given('SINK_URL'), { connections: SOCKETS })]),
);

const ingest = new GroupCommit<Write>(async (group) => {
  await events.insertMany(
    group.map(({ event }) => event),
    { ordered: false },
  );
  queueMicrotask(() => enqueue(group));
});

function record(verified: Verified): Promise<void> {
  const targets = targetsOf(verified.account);
  const event = {
    ...eventDoc(verified, Date.now()),
    receipt: { raw: verified.raw, headers: verified.headers },
    deliveries: Object.fromEntries(targets.map((target) => [target, 'due'])),
  };
  return ingest.add({ event, targets });
}

function enqueue(group: readonly Write[]): void {
  for (const target of names) {
    const its = group.filter(({ targets }) => targets.includes(target));
    if (its.length === 0) continue;
    const ids = its.map(({ event }) => event._id);
    const paths = its.map(({ event }) => postbackPath(event, target));
    void queues.get(target)?.add({ target, ids, paths }, ONE_TRY);
  }
}

async function deliver({ target, ids, paths }: BatchJob): Promise<void> {
  const pool = pools.get(target);
  if (!pool) throw new Error(`no partner ${target}`);
  await Promise.all(
    paths.map(async (path) => {
      const { statusCode, body } = await pool.request({ method: 'GET', path });
      await body.text();
      if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
    }),
  );
  const mark = { $set: { [`deliveries.${target}`]: 'delivered' } };
  await events.updateMany({ _id: { $in: [...ids] } }, mark);
}

for (const queue of DELIVERS ? queues.values() : []) {
  void queue.process(JOBS_AT_ONCE, ({ data }) => deliver(data));
}
await serve(openDoor(record));
