import path from 'node:path';
import {
  check,
  pause,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import { Journal } from '../rig/journal.js';
import { sampleProcess, type ProcessSample } from '../rig/process-sample.js';
import { slopeOf } from '../rig/slope.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

const PER_SECOND = 150;
const SAMPLE_MS = 10_000;
const MB = 2 ** 20;
/** What may grow per ten minutes, on the straight line through the later samples. */
interface Bars {
  readonly megabytes: number;
  readonly handles: number;
}
const BARS: Bars = { megabytes: 1, handles: 2 };
/** Three minutes are all warming up: they show that the drill measures, and only a leak of the worst kind. */
const QUICK_BARS: Bars = { megabytes: 200, handles: 200 };
const MAX_KEYS = 5000;

/** One look at everything. `at`: minutes since the start. */
interface Look {
  readonly at: number;
  readonly replicas: readonly ProcessSample[];
  readonly redisKeys: number;
  readonly mongoConnections: number;
}

async function look({ replicas, stores }: World, began: number): Promise<Look> {
  const samples = replicas.flatMap(({ pid }) => sampleProcess(pid ?? -1) ?? []);
  const status = await stores.db.admin().command({ serverStatus: 1 });
  return {
    at: (Date.now() - began) / 60_000,
    replicas: samples,
    redisKeys: await stores.withRedis((redis) => redis.dbsize()),
    mongoConnections: (status['connections'] as { current: number }).current,
  };
}

async function watch(world: World, minutes: number, context: DrillContext): Promise<Look[]> {
  const journal = new Journal<Look>(path.join(world.dir, 'looks.ndjson'));
  const looks: Look[] = [];
  const began = Date.now();
  for (let n = 1; Date.now() - began < minutes * 60_000; n += 1) {
    const one = await look(world, began);
    looks.push(one);
    journal.add(one);
    if (n % 30 === 0)
      context.say(one.replicas.map(({ rss }) => `${Math.round(rss / MB)} MB`).join(' and '));
    await pause(Math.max(0, began + n * SAMPLE_MS - Date.now()));
  }
  journal.close();
  return looks;
}

/** Growth per ten minutes of one figure of one replica. */
const growth = (looks: readonly Look[], i: number, of: (sample: ProcessSample) => number): number =>
  10 *
  slopeOf(
    looks.flatMap(({ at, replicas }) => (replicas[i] ? [{ x: at, y: of(replicas[i]) }] : [])),
  );

function replicaChecks(looks: readonly Look[], count: number, bars: Bars): Check[] {
  return Array.from({ length: count }, (_, i) => {
    const rss = growth(looks, i, (sample) => sample.rss / MB);
    const handles = growth(looks, i, (sample) => sample.handles);
    const sockets = growth(looks, i, (sample) => sample.sockets);
    const last = looks.at(-1)?.replicas[i];
    const seen = `${rss.toFixed(2)} MB per 10 min, now ${Math.round((last?.rss ?? 0) / MB)} MB`;
    const open = `${handles.toFixed(1)} handles and ${sockets.toFixed(1)} sockets per 10 min, now ${last?.handles ?? 0}`;
    return [
      check(`r${i}: memory is flat`, rss < bars.megabytes, seen),
      check(`r${i}: handles are flat`, Math.max(handles, sockets) < bars.handles, open),
    ];
  }).flat();
}

function storeChecks(looks: readonly Look[], bars: Bars): Check[] {
  const most = (of: (one: Look) => number): number => Math.max(...looks.map(of));
  const keys = most(({ redisKeys }) => redisKeys);
  const points = looks.map(({ at, mongoConnections }) => ({ x: at, y: mongoConnections }));
  const slope = 10 * slopeOf(points);
  const now = looks.at(-1)?.mongoConnections ?? 0;
  return [
    check('Redis keys are bounded', keys < MAX_KEYS, `${keys} at most`),
    check(
      'connections to MongoDB are flat',
      slope < bars.handles,
      `${slope.toFixed(1)} per 10 min, now ${now}`,
    ),
  ];
}

async function soak(world: World, context: DrillContext): Promise<Verdict> {
  const minutes = scale(context, 60, 3);
  const bars = context.quick ? QUICK_BARS : BARS;
  const warm = minutes / 3;
  // One first try in ten fails; the row comes back seconds later.
  world.partners.behave('p0', ({ event, nth }) => ({
    status: nth === 1 && failsFirst(event) ? 500 : 200,
    body: '',
  }));
  let going = true;
  const order = { connections: 32, perSecond: PER_SECOND, refundEvery: 10, until: () => !going };
  const sending = world.sender.run({ ...order, from: 0, count: 1e7 });
  const looks = await watch(world, minutes, context);
  going = false;
  await sending;
  const calm = await world.settled(120_000);
  const later = looks.filter(({ at }) => at >= warm);
  const { lines } = world.partners;
  const share = lines.filter(({ status }) => status === 500).length / Math.max(1, lines.length);
  const rate = world.sender.acceptedCount / (60 * minutes);
  const percent = `${(100 * share).toFixed(1)} % of ${lines.length}`;
  return {
    checks: [
      check('load', rate >= 0.9 * PER_SECOND, `${rate.toFixed(0)} events per second`),
      check('failures', share > 0.06 && share < 0.14, percent),
      check('samples', later.length > 4, `${later.length} after warming up`),
      ...replicaChecks(later, world.replicas.length, bars),
      ...storeChecks(later, bars),
      check('settled in 120 s', calm, calm ? 'yes' : 'no'),
      ...(await world.judge()),
    ],
    facts: { minutes, accepted: world.sender.acceptedCount },
  };
}

/** Event ids are base32 of a hash: three of 32 letters. */
const failsFirst = (event: string): boolean => event < 'd' && event >= 'a';

async function run(context: DrillContext): Promise<Verdict> {
  if (sampleProcess(process.pid) === undefined) {
    return { checks: [], facts: {}, skipped: 'memory is read from /proc, which is not there' };
  }
  return withWorld(context, {}, (world) => soak(world, context));
}

export const d31: Drill = {
  id: 'D31',
  title: 'an hour under load',
  bar: 'memory grows < 1 MB per 10 min after warming up; handles, sockets, Redis keys and connections stay flat',
  quick: false,
  alone: true,
  nightly: true,
  run,
};
