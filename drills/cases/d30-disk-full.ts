import { statSync } from 'node:fs';
import path from 'node:path';
import { pidsOf, sameProcesses } from '../rig/bars.js';
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
import { SmallDisk } from '../rig/small-disk.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

interface Disks {
  readonly logs: readonly SmallDisk[];
  readonly redis: SmallDisk;
  readonly mongo: SmallDisk;
}

/** A stretch of load with one disk full. */
interface Stretch {
  readonly accepted: number;
  readonly refused: number;
  /** New deliveries at the partner meanwhile. */
  readonly heard: number;
}

const ORDER = { connections: 8, perSecond: 100 };

/** Numbers of sales are never used twice. */
class Load {
  private from = 0;

  constructor(private readonly world: World) {}

  async run(count: number, more: { tries?: number; until?: () => boolean } = {}): Promise<Stretch> {
    const { sender, partners } = this.world;
    const before = [sender.acceptedCount, partners.lines.length] as const;
    const tries = sender.tries.length;
    await sender.run({ ...ORDER, from: this.from, count, ...more });
    this.from += count;
    return {
      accepted: sender.acceptedCount - before[0],
      refused: sender.tries.slice(tries).filter(({ status }) => status < 200 || status > 299)
        .length,
      heard: partners.lines.length - before[1],
    };
  }
}

const told = ({ accepted, refused, heard }: Stretch): string =>
  `${accepted} accepted, ${refused} refused, ${heard} delivered`;

async function fullLogs(
  world: World,
  { logs }: Disks,
  load: Load,
  count: number,
): Promise<Check[]> {
  const sizes = (): number[] => world.replicas.map(({ log }) => statSync(log).size);
  for (const disk of logs) disk.fill();
  // The last lines that fitted are in the file a second later.
  await load.run(50);
  for (const disk of logs) disk.fill();
  const before = sizes();
  const stretch = await load.run(count);
  const after = sizes();
  const stuck = before.every((size, i) => after[i] === size);
  for (const disk of logs) disk.relieve();
  const again = await waitFor(
    async () =>
      (await load.run(20)).accepted > 0 && sizes().every((size, i) => size > (after[i] ?? 0)),
    20_000,
  );
  return [
    check('logs: the disk was full', stuck, stuck ? 'no log grew' : 'a log grew'),
    check(
      'logs: ingest goes on',
      stretch.refused === 0 && stretch.accepted === count,
      told(stretch),
    ),
    check('logs: they are written again afterwards', again, again ? 'yes' : 'no'),
  ];
}

async function fullRedis(
  world: World,
  { redis }: Disks,
  load: Load,
  count: number,
): Promise<Check[]> {
  const status = (): Promise<string> =>
    world.stores
      .withRedis((client) => client.info('persistence'))
      .then((text) => /aof_last_write_status:(\w+)/.exec(text)?.[1] ?? 'unknown')
      .catch(() => 'away');
  redis.fill();
  const refusing = await waitFor(async () => {
    await load.run(50);
    redis.fill();
    return (await status()) === 'err';
  }, 30_000);
  const stretch = await load.run(count);
  await waitFor(() => world.settled(1000), 30_000);
  redis.relieve();
  const well = await waitFor(async () => (await status()) === 'ok', 30_000);
  return [
    check(
      'Redis: the disk was full',
      refusing,
      refusing ? 'its append-only file failed' : 'it noticed nothing',
    ),
    check(
      'Redis: ingest goes on',
      stretch.refused === 0 && stretch.accepted === count,
      told(stretch),
    ),
    check('Redis: it recovers', well, well ? 'yes' : 'no'),
  ];
}

async function fullMongo(
  world: World,
  { mongo }: Disks,
  load: Load,
  context: DrillContext,
): Promise<Check[]> {
  const { mongod } = world.stores;
  await world.noteTrouble('the disk of mongod is full');
  mongo.fill();
  const filling = setInterval(() => mongo.fill(), 100);
  let refused = 0;
  const limit = Date.now() + scale(context, 60_000, 30_000);
  while (refused < 30 && Date.now() < limit) refused += (await load.run(24, { tries: 1 })).refused;
  clearInterval(filling);
  const ended = !mongod.running;
  mongo.relieve();
  // mongod ends itself when it cannot write its journal; whoever runs it starts it again.
  if (ended) await mongod.restart();
  await world.noteTrouble('end of the full disk');
  await Promise.all(world.replicas.map((replica) => replica.untilReady()));
  const after = await load.run(200);
  return [
    check(
      'MongoDB: the disk was full',
      refused >= 30,
      `${refused} refused; mongod ${ended ? 'ended itself' : 'stayed'}`,
    ),
    check('MongoDB: ingest works again', after.accepted === 200, told(after)),
  ];
}

async function drill(world: World, disks: Disks, context: DrillContext): Promise<Verdict> {
  const load = new Load(world);
  const processes = pidsOf(world);
  const count = scale(context, 3000, 500);
  await load.run(100);
  const logs = await fullLogs(world, disks, load, count);
  context.say('the logs are through');
  const redis = await fullRedis(world, disks, load, count);
  context.say('Redis is through');
  const mongo = await fullMongo(world, disks, load, context);
  const calm = await world.settled(150_000);
  return {
    checks: [
      ...[...logs, ...redis, ...mongo],
      check('settled in 150 s', calm, calm ? 'yes' : 'no'),
      await sameProcesses(world, processes),
      ...(await world.judge()),
    ],
    facts: { accepted: world.sender.acceptedCount },
  };
}

async function mountAll(dir: string, mounted: SmallDisk[]): Promise<Disks | undefined> {
  const mount = async (where: string, megabytes: number): Promise<SmallDisk | undefined> => {
    const disk = await SmallDisk.mount(path.join(dir, where), megabytes);
    if (disk) mounted.push(disk);
    return disk;
  };
  const r0 = await mount('r0', 8);
  const r1 = await mount('r1', 8);
  const redis = await mount('stores/redis', 64);
  // mongod lays out journal files of 100 MB before it writes to them.
  const mongo = await mount('stores/mongo', 512);
  return r0 && r1 && redis && mongo ? { logs: [r0, r1], redis, mongo } : undefined;
}

async function run(context: DrillContext): Promise<Verdict> {
  const mounted: SmallDisk[] = [];
  try {
    const disks = await mountAll(context.dir, mounted);
    if (!disks) {
      const skipped =
        'small disks need the right to mount (root on Linux): D30 has shown nothing here';
      return { checks: [], facts: {}, skipped };
    }
    return await withWorld(context, {}, (world) => drill(world, disks, context));
  } finally {
    await pause(200);
    for (const disk of mounted) await disk.unmount();
  }
}

export const d30: Drill = {
  id: 'D30',
  title: 'full disks of the logs, Redis and MongoDB',
  bar: 'no 2xx without a durable write; ingest goes on without logs and without Redis; recovers without a restart',
  // It waits for claims of a minute to end.
  quick: false,
  run,
};
