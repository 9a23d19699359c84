import { readFileSync, statSync } from 'node:fs';
import type { mongo } from 'mongoose';
import { stateKey } from '../../src/deliver/breaker.js';
import {
  check,
  pause,
  scale,
  waitFor,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import type { PartnerLine } from '../rig/partner.js';
import { Sender } from '../rig/sender.js';
import { timeEnv } from '../rig/time-env.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

/** The process that is stopped, the one that takes over, and one that only takes notifications. */
const [STOPPED, DOOR] = [0, 2];
const SOCKETS = 256;
/** Long enough to stop the process while its requests are out; half of its own limit, so that none ends by itself. */
const ANSWER_MS = 5000;
/** A stop that caught few requests is made again, so many in all. */
const MOST_STOPS = 6;
const SHIFT_MS = 600_000;

type Row = mongo.WithId<mongo.Document>;

/** What one stop did. */
interface Stop {
  /** Requests that were out, at either process, when it was stopped. */
  readonly out: number;
  /** Rows that the stopped process held. */
  readonly held: readonly Row[];
  /** Of them, those whose outcome it told when it came back. */
  readonly late: number;
  /** Of them, those that its late outcome changed. */
  readonly changed: number;
  /** Whether the other process had finished all of them before. */
  readonly taken: boolean;
}

const rowsOf = (world: World, filter: mongo.Filter<mongo.Document>): Promise<Row[]> =>
  world.stores.db.collection('deliveries').find(filter).sort({ _id: 1 }).toArray();

/** Attempts that a replica wrote to its log behind `from` bytes. */
function attemptsSince(log: string, from: number): ReadonlySet<string> {
  const lines = readFileSync(log).subarray(from).toString('utf8').split('\n');
  const ids = lines.flatMap((line) => {
    if (!line.includes('"attempt"')) return [];
    const { delivery } = JSON.parse(line) as { delivery?: string };
    return delivery === undefined ? [] : [delivery];
  });
  return new Set(ids);
}

/**
 * The requests of the stopped process ran into their time limit, and so opened the breaker of the target: the next stop would
 * catch nothing. A lost state closes it; processes ask for it every two seconds.
 */
async function forget(world: World): Promise<void> {
  await world.stores.withRedis((redis) => redis.del(stateKey('p0')));
  await pause(5000);
}

async function stopOnce(
  world: World,
  sender: Sender,
  from: number,
  count: number,
  leaseMs: number,
): Promise<Stop> {
  const replica = world.replica(STOPPED);
  const before = world.partners.lines.length;
  world.partners.behave('p0', { status: 200, body: 'OK', afterMs: ANSWER_MS });
  await sender.run({ from, count, connections: 64 });
  await waitFor(() => world.partners.lines.length - before >= count, ANSWER_MS / 2, 20);
  const out = world.partners.lines.length - before;
  await world.noteTrouble('SIGSTOP');
  replica.signal('SIGSTOP');
  world.partners.behave('p0', { status: 200, body: 'OK' });
  // What the other process had in flight is settled by then.
  await pause(ANSWER_MS + 2000);
  const ids = (await rowsOf(world, { state: 'sending' })).map(({ _id }) => _id);
  const taken = await waitFor(
    async () => (await rowsOf(world, { wakeAt: { $exists: true } })).length === 0,
    leaseMs + 30_000,
    500,
  );
  const held = await rowsOf(world, { _id: { $in: ids } });
  const at = statSync(replica.log).size;
  replica.signal('SIGCONT');
  await replica.untilReady();
  // Its log leaves in blocks, at the latest after a second; its settlements within 20 ms.
  await pause(4000);
  const told = attemptsSince(replica.log, at);
  const now = await rowsOf(world, { _id: { $in: ids } });
  const changed = held.filter((row, i) => JSON.stringify(row) !== JSON.stringify(now[i])).length;
  await forget(world);
  return {
    out,
    held,
    late: held.filter(({ _id }) => told.has(String(_id))).length,
    changed,
    taken,
  };
}

function stopChecks(stops: readonly Stop[], wanted: number): readonly Check[] {
  const sum = (of: (stop: Stop) => number): number =>
    stops.reduce((all, stop) => all + of(stop), 0);
  const [held, late, changed] = [
    sum((stop) => stop.held.length),
    sum((stop) => stop.late),
    sum((stop) => stop.changed),
  ];
  const once = stops.flatMap((stop) => stop.held).filter((row) => row['attempts'] === 1);
  return [
    check(
      'late writers',
      late >= wanted,
      `${late} of ${wanted} wanted, ${held} rows held, ${stops.length} stops`,
    ),
    check(
      'every stop caught requests',
      stops.every(({ out }) => out >= SOCKETS / 4),
      `${stops.map(({ out }) => out).join(', ')} out`,
    ),
    check(
      'taken over at the end of the lease',
      stops.every(({ taken }) => taken),
      `${held} rows`,
    ),
    check('no late writer changed its row', changed === 0, `${changed} of ${late} did`),
    check(
      'one outcome each',
      once.length === held,
      `${once.length} of ${held} rows with one attempt`,
    ),
  ];
}

/** Deliveries that the partner heard twice must say that they may have been sent. */
async function onlyUncertain(world: World, lines: readonly PartnerLine[]): Promise<Check> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { event } of lines) (seen.has(event) ? twice : seen).add(event);
  const rows = await rowsOf(world, { event: { $in: [...twice] } });
  const sure = rows.filter((row) => row['unsure'] !== true);
  return check(
    'repeats only of uncertain deliveries',
    sure.length === 0 && rows.length === twice.size && twice.size > 0,
    `${twice.size} heard twice, ${sure.length} of them never uncertain`,
  );
}

const lateIn = (stops: readonly Stop[]): number => stops.reduce((sum, { late }) => sum + late, 0);

/** From now on the process that is stopped lives ten minutes ahead of the others. */
async function shift(context: DrillContext, world: World): Promise<void> {
  const replica = world.replica(STOPPED);
  await replica.stop();
  await replica.start(timeEnv(context.root, { factor: 1, shiftMs: SHIFT_MS, epoch: 0 }));
}

async function run(context: DrillContext): Promise<Verdict> {
  // Fewer than one process alone could hold twice over: however they are shared, all are out at once.
  const count = scale(context, 400, 256);
  const options = {
    replicas: 3,
    options: { p0: { sockets: SOCKETS } },
    envOf: (i: number): Record<string, string> => (i === DOOR ? { WAYBILL_ROLE: 'api' } : {}),
  };
  return withWorld(context, options, async (world) => {
    // Born at a process that delivers: claimed for 30 s. Born at one that does not: claimed later, for 60 s.
    let turn = 0;
    const born = new Sender(world.dir, () => world.replica((turn += 1) % 2).url);
    const fromDoor = new Sender(world.dir, () => world.replica(DOOR).url);
    try {
      const wanted = scale(context, 500, 64);
      const stops = [await stopOnce(world, born, 0, count, 30_000)];
      if (!context.quick) {
        stops.push(await stopOnce(world, born, count, count, 30_000));
        context.say('now with a clock that is ten minutes ahead, and claims of 60 s');
        await shift(context, world);
        do stops.push(await stopOnce(world, fromDoor, stops.length * count, count, 60_000));
        while (lateIn(stops) < wanted && stops.length < MOST_STOPS);
      }
      const repeats = await onlyUncertain(world, world.partners.lines);
      const checks = stopChecks(stops, wanted);
      return {
        checks: [...checks, repeats, ...(await world.judge())],
        facts: { stops: stops.length },
      };
    } finally {
      await born.close();
      await fromDoor.close();
    }
  });
}

export const d14: Drill = {
  id: 'D14',
  title: 'a process stopped past its leases comes back and writes',
  bar: 'no late outcome changes a row; deliveries heard twice were all marked uncertain',
  quick: true,
  run,
};
