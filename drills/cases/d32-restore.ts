import { rmSync } from 'node:fs';
import path from 'node:path';
import type { mongo } from 'mongoose';
import {
  check,
  pause,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import { openPairs, pairsOf } from '../rig/open-deliveries.js';
import { runErrand, type Errand } from '../rig/errand.js';
import { saleOf, type Telling } from '../rig/telling.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

/** A restore of a million documents takes no longer here. */
const RTO_MS = 5 * 60_000;
const OPEN = { wakeAt: { $exists: true } };

/** What the command line of the restore answered. */
interface Restored {
  readonly upTo: string;
  readonly halves: number;
  readonly uncertain: number;
}

/** Bulk that no oracle looks at, so that the time of a restore is that of a grown ledger. */
async function grow(db: mongo.Db, count: number): Promise<void> {
  const BATCH = 10_000;
  for (let from = 0; from < count; from += BATCH) {
    const some = Array.from({ length: Math.min(BATCH, count - from) }, (_one, i) => ({
      ...{ _id: `filler-${from + i}`, kind: 'impression', offer: 'o', affiliate: `a${i % 97}` },
      ...{ at: new Date(), visitor: `v${from + i}`, utm: {}, subIds: [`s${i}`] },
    }));
    await db.collection<{ _id: string }>('touches').insertMany(some, { ordered: false });
  }
}

/** The restored ledger before any gateway touched it: no event without its rows, no row without its event. */
async function wholeness(db: mongo.Db): Promise<Check> {
  const events = await db
    .collection('events')
    .find({}, { projection: { receiptId: 1 } })
    .toArray();
  const known = new Set(events.map(({ _id }) => String(_id)));
  const receipts = new Set(
    (
      await db
        .collection('receipts')
        .find({}, { projection: { _id: 1 } })
        .toArray()
    ).map(({ _id }) => String(_id)),
  );
  const rows = (await pairsOf(db, {})).map((pair) => pair.split('|', 1)[0] ?? '');
  const rowed = new Set(rows);
  const bare = events.filter(
    ({ _id, receiptId }) => !rowed.has(String(_id)) || !receipts.has(String(receiptId)),
  ).length;
  const orphans = rows.filter((event) => !known.has(event)).length;
  return check(
    'no half commit is restored',
    bare === 0 && orphans === 0 && events.length > 0,
    `${events.length} events, ${bare} without rows or receipt, ${orphans} rows without event`,
  );
}

async function lost(world: World, before: number): Promise<Check> {
  const events = await world.stores.db
    .collection('events')
    .find({}, { projection: { order: 1, type: 1 } })
    .toArray();
  const kept = new Set(
    events.map((doc) => `${String((doc['order'] as { id?: unknown }).id)}:${String(doc['type'])}`),
  );
  const due = [...world.sender.acceptedAt].filter(([, at]) => at < before).map(([id]) => id);
  const gone = due.filter((id) => !kept.has(id));
  return check(
    'RPO: all that was accepted before the dump',
    gone.length === 0 && due.length > 0,
    `${due.length} accepted before it, ${gone.length} of them gone`,
  );
}

/** Everything is gone: processes first, then what they kept. */
async function destroy(world: World): Promise<void> {
  await Promise.all(world.replicas.map((replica) => replica.crash()));
  await world.stores.db.dropDatabase();
  await world.stores.withRedis((redis) => redis.flushall());
}

async function restore(world: World, context: DrillContext, dir: string): Promise<Errand> {
  const env = { MONGODB_URI: world.stores.mongodbUri };
  const done = await runErrand(context.root, 'restore', ['--from', dir, '--json'], env);
  if (done.code !== 0) throw new Error(`the restore failed: ${done.err}`);
  return done;
}

/** The network tells again what it was told is lost, as its own log of the time since the dump says. */
async function tellAgain(world: World, since: number): Promise<number> {
  const lost: Telling[] = [];
  for (let n = 0; n < world.sender.tries.length; n += 1) {
    const telling = saleOf(n);
    if ((world.sender.acceptedAt.get(telling.id) ?? 0) >= since) lost.push(telling);
  }
  const AT_ONCE = 8;
  for (let i = 0; i < lost.length; i += AT_ONCE)
    await Promise.all(lost.slice(i, i + AT_ONCE).map((telling) => world.sender.tell(telling)));
  return lost.length;
}

/** Which deliveries the partner heard again, beside those that it may hear again. */
function resent(world: World, from: number, final: ReadonlySet<string>): Check {
  const again = world.partners.lines
    .slice(from)
    .filter(({ event, partner }) => final.has(`${event}|${partner}`)).length;
  return check(
    'nothing delivered before the dump is sent again',
    again === 0 && final.size > 0,
    `${again} of ${final.size}`,
  );
}

/** What is left of it all. */
interface Kept {
  readonly dir: string;
  /** Everything accepted before this moment is in it, epoch ms. */
  readonly at: number;
  readonly backupMs: number;
}

/** Load, a dump in the middle of it, more load, and the end. */
async function lose(world: World, context: DrillContext): Promise<Kept> {
  const dir = path.join(context.dir, 'backup');
  // Slow enough that some deliveries are always on their way, or wait for a second try.
  world.partners.behave('p0', ({ nth, event }) =>
    nth === 1 && event.charCodeAt(0) % 4 === 0
      ? { status: 503, body: 'later' }
      : { status: 200, body: 'OK', afterMs: 100 },
  );
  let going = true;
  const order = { connections: 8, perSecond: scale(context, 150, 60), until: () => !going };
  const sending = world.sender.run({ ...order, from: 0, count: 1e6 });
  await pause(scale(context, 30_000, 4000));
  const env = { MONGODB_URI: world.stores.mongodbUri };
  const made = await runErrand(context.root, 'backup', ['--out', dir, '--json'], env);
  await pause(scale(context, 120_000, 8000));
  going = false;
  await sending;
  await destroy(world);
  if (made.code !== 0) throw new Error(`the backup failed: ${made.err}`);
  const { upTo } = JSON.parse(made.out) as Restored;
  return { dir, at: Date.parse(upTo), backupMs: Math.round(made.ms) };
}

/** The restored ledger before a gateway runs on it. */
async function verdictOnRestored(
  { db }: World['stores'],
  { uncertain }: Restored,
  filler: number,
): Promise<Check[]> {
  const open = await openPairs(db);
  const fresh = { ...OPEN, $nor: [{ state: 'uncertain', unsure: true }] };
  const blind = (await pairsOf(db, fresh)).length;
  const touches = await db.collection('touches').countDocuments();
  return [
    await wholeness(db),
    check('all of it is back', touches === filler, `${touches} of ${filler} filler documents`),
    check(
      'open deliveries are uncertain',
      blind === 0 && uncertain === open.length && uncertain > 0,
      `${uncertain} of ${open.length} open, ${blind} would be sent as if for the first time`,
    ),
  ];
}

/** The gateways on what was restored, and the network telling again what is missing. */
async function goOn(world: World, { at }: Kept, restored: number): Promise<Check[]> {
  const { db } = world.stores;
  const final = new Set(await pairsOf(db, { wakeAt: { $exists: false } }));
  // What was told since the dump may be told again: the ledger cannot know better.
  const told = world.partners.lines.map(({ event, partner }) => `${event}|${partner}`);
  await world.noteTrouble(
    'the restore',
    told.filter((pair) => !final.has(pair)),
  );
  const heard = world.partners.lines.length;
  world.partners.behave('p0', { status: 200, body: 'OK' });
  const began = performance.now();
  await Promise.all(world.replicas.map((replica) => replica.start()));
  const rtoMs = restored + performance.now() - began;
  const again = await tellAgain(world, at);
  const calm = await world.settled(120_000);
  return [
    check('RTO', rtoMs < RTO_MS, `${Math.round(rtoMs)} ms until the gateways are ready`),
    check('what came after the dump is told again', again > 0, `${again} sales`),
    resent(world, heard, final),
    check('settled in 120 s', calm, calm ? 'yes' : 'no'),
  ];
}

async function loseAndRestore(world: World, context: DrillContext): Promise<Verdict> {
  const { db } = world.stores;
  const filler = scale(context, 1_000_000, 20_000);
  await grow(db, filler);
  const kept = await lose(world, context);
  const done = await restore(world, context, kept.dir);
  const restored = JSON.parse(done.out) as Restored;
  const checks = [
    ...(await verdictOnRestored(world.stores, restored, filler)),
    await lost(world, kept.at),
    ...(await goOn(world, kept, done.ms)),
    ...(await world.judge()),
  ];
  rmSync(kept.dir, { recursive: true, force: true });
  const { halves, uncertain } = restored;
  const { backupMs } = kept;
  return { checks, facts: { halves, uncertain, backupMs, restoreMs: Math.round(done.ms), filler } };
}

export const d32: Drill = {
  id: 'D32',
  title: 'backup under load, loss of everything, restore',
  bar: 'RPO: the dump; RTO < 5 min; no half commit restored, nothing delivered before the dump sent again, open deliveries uncertain',
  quick: true,
  run: (context) => withWorld(context, {}, (world) => loseAndRestore(world, context)),
};
