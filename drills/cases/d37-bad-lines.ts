import { FaultProxy, type Weather } from '../rig/fault-proxy.js';
import {
  check,
  pause,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import type { Random } from '../rig/random.js';
import { percentiles } from '../../bench/stats.js';
import type { DrillStores } from '../rig/stores.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

/** The write concern's limit: an acknowledgement that takes longer is no better than none. */
const WRITE_MS = 5000;
const RESUME_MS = 60_000;

interface Lines {
  readonly mongo: FaultProxy;
  readonly redis: FaultProxy;
}

/** A stretch of trouble, and how soon afterwards a partner heard something that was sold afterwards. */
interface Stretch {
  readonly name: string;
  readonly resumedMs: number;
}

const portOf = (url: string): number => Number(new URL(url).port);
const through = (url: string, proxy: FaultProxy): string =>
  url.replace(`127.0.0.1:${portOf(url)}`, `127.0.0.1:${proxy.port}`);

async function openLines(stores: DrillStores, random: Random): Promise<Lines> {
  return {
    mongo: await FaultProxy.open(portOf(stores.mongodbUri), random),
    redis: await FaultProxy.open(portOf(stores.redisUrl), random),
  };
}

/** Milliseconds until a partner hears of a sale that was accepted after now. */
async function resumed(world: World): Promise<number> {
  const from = Date.now();
  const fresh = (): boolean => {
    const { acceptedAt } = world.sender;
    return world.partners.lines.some(
      ({ at, order, type }) => at > from && (acceptedAt.get(`${order}:${type}`) ?? 0) > from,
    );
  };
  while (!fresh() && Date.now() - from < 2 * RESUME_MS) await pause(50);
  return Date.now() - from;
}

/** While it lasts, outcomes may be lost on the way: what is claimed then may be heard again. */
async function trouble(
  world: World,
  say: (line: string) => void,
  name: string,
  harm: () => Promise<void>,
): Promise<Stretch> {
  await world.noteTrouble(name);
  await harm();
  await world.noteTrouble(`end of ${name}`);
  const resumedMs = await resumed(world);
  say(`${name}: first new delivery ${resumedMs} ms after it`);
  return { name, resumedMs };
}

async function badWeather({ mongo, redis }: Lines, weather: Weather, ms: number): Promise<void> {
  mongo.weather = redis.weather = weather;
  await pause(ms);
  mongo.weather = redis.weather = {};
}

async function allOfIt(world: World, lines: Lines, context: DrillContext): Promise<Stretch[]> {
  const { mongo, redis } = lines;
  const ms = scale(context, 30_000, 6000);
  const dark = scale(context, 30_000, 10_000);
  const late: Weather = { delayMs: 200, jitterMs: 200 };
  const stretches: readonly (readonly [string, () => Promise<void>])[] = [
    ['200 ± 200 ms', () => badWeather(lines, late, ms)],
    ['1 % cuts', () => badWeather(lines, { cutShare: 0.01 }, ms)],
    ['black hole to MongoDB', () => mongo.blackHole(dark)],
    ['black hole to Redis', () => redis.blackHole(dark)],
    [
      'half-open connections',
      async () => {
        mongo.halfOpen();
        redis.halfOpen();
        await pause(1000);
      },
    ],
  ];
  const seen: Stretch[] = [];
  for (const [name, harm] of stretches) {
    seen.push(await trouble(world, context.say, name, harm));
    await pause(scale(context, 5000, 500));
  }
  return seen;
}

function happened(lines: Lines): Check[] {
  return Object.entries(lines).map(([name, { harm }]: [string, FaultProxy]) => {
    const ok = [harm.late, harm.cuts, harm.midFrame, harm.held, harm.halfOpened].every(
      (n) => n > 0,
    );
    const { late, cuts, midFrame, held, halfOpened, chunks } = harm;
    const seen = `${late} of ${chunks} chunks late, ${cuts} cuts (${midFrame} mid-frame), ${held} bytes held, ${halfOpened} half-open`;
    return check(`the line to ${name} was bad`, ok, seen);
  });
}

async function drill(world: World, lines: Lines, context: DrillContext): Promise<Verdict> {
  let going = true;
  const order = { connections: 32, perSecond: scale(context, 150, 100), refundEvery: 10 };
  const sending = world.sender.run({
    ...order,
    from: 0,
    count: 1e6,
    tries: 40,
    until: () => !going,
  });
  const stretches = await allOfIt(world, lines, context);
  going = false;
  await sending;
  const calm = await world.settled(180_000);
  const acks = world.sender.tries.filter(({ status }) => status >= 200 && status < 300);
  const { p99 } = percentiles(acks.map(({ ms }) => ms));
  const slowest = Math.max(...stretches.map(({ resumedMs }) => resumedMs));
  return {
    checks: [
      ...happened(lines),
      check(
        'every telling got through',
        world.sender.givenUp === 0,
        `${world.sender.givenUp} given up`,
      ),
      check('p99 of the acknowledgements ≤ 5 s', p99 <= WRITE_MS, `${p99} ms of ${acks.length}`),
      check('deliveries resume ≤ 60 s', slowest <= RESUME_MS, `${slowest} ms at worst`),
      check('settled in 180 s', calm, calm ? 'yes' : 'no'),
      ...(await world.judge()),
    ],
    facts: Object.fromEntries(stretches.map(({ name, resumedMs }) => [name, `${resumedMs} ms`])),
  };
}

async function run(context: DrillContext): Promise<Verdict> {
  let lines: Lines | undefined;
  const open = async (stores: DrillStores) => {
    lines = await openLines(stores, context.random);
    const { mongo, redis } = lines;
    return {
      mongodbUri: through(stores.mongodbUri, mongo),
      redisUrl: through(stores.redisUrl, redis),
    };
  };
  try {
    return await withWorld(context, { through: open }, async (world) => {
      if (!lines) throw new Error('the gateways do not go through the proxies');
      return drill(world, lines, context);
    });
  } finally {
    await Promise.all([lines?.mongo.close(), lines?.redis.close()]);
  }
}

export const d37: Drill = {
  id: 'D37',
  title: 'bad lines to MongoDB and Redis',
  bar: 'late, cut mid-frame, silent and half-open: 0 lost, p99 ack within the write limit, deliveries resume ≤ 60 s',
  // It waits for socket limits and claims to end.
  quick: false,
  run,
};
