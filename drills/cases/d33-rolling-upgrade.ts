import { NEXT_SCHEMA } from '../../src/platform/fault/next-schema.js';
import { NEXT_FIELD } from '../../src/ledger/schema/next-migration.js';
import { schemaOf } from '../../src/ledger/schema/migrations.js';
import { Balancer } from '../rig/balancer.js';
import {
  check,
  pause,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import { roll, verdictOnRequests, verdictOnRolls, type Roll } from '../rig/rolling.js';
import { saleOf, sealed } from '../rig/telling.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

/** Longer than the balancer needs to look three times, a second apart. */
const DRAIN_S = 4;
const COPIES = 4;
/** The build of this drill's second version: it knows one migration more and writes a field more. */
const NEXT = { WAYBILL_FAULT: NEXT_SCHEMA };
/** Up one by one, together for a while, up entirely, and all the way back. */
const STEPS = [
  { replica: 0, env: NEXT },
  { replica: 1, env: NEXT },
  { replica: 1, env: {} },
  { replica: 0, env: {} },
] as const;

/** What came of the copies that were told again while both versions ran. */
interface Repeats {
  copies: number;
  failed: number;
}

/** Tells sales again that were accepted before, several copies at once, so that they meet in both versions. */
async function repeat(world: World, until: () => boolean, context: DrillContext): Promise<Repeats> {
  const seen: Repeats = { copies: 0, failed: 0 };
  while (!until()) {
    await pause(50);
    const telling = saleOf(context.random.whole(world.sender.acceptedCount + 1));
    if (!world.sender.acceptedAt.has(telling.id)) continue;
    const { headers, body } = sealed(telling, Date.now());
    const post = (): Promise<number> => world.sender.post(world.nextUrl(), headers, body);
    const statuses = await Promise.all(Array.from({ length: COPIES }, post));
    seen.copies += COPIES;
    seen.failed += statuses.filter((status) => status < 200 || status >= 300).length;
  }
  return seen;
}

async function verdictOnSchema(world: World, mixed: number): Promise<Check[]> {
  const { db } = world.stores;
  const { version } = schemaOf(NEXT_SCHEMA);
  const rows = db.collection('deliveries');
  const [done, filled, born, without] = await Promise.all([
    db.collection<{ _id: number }>('migrations').find().sort({ _id: 1 }).toArray(),
    rows.countDocuments({ [NEXT_FIELD]: 'filled-in' }),
    rows.countDocuments({ [NEXT_FIELD]: 'born-with-it' }),
    rows.countDocuments({ [NEXT_FIELD]: { $exists: false } }),
  ]);
  const numbers = done.map(({ _id }) => _id).join(', ');
  const wanted = Array.from({ length: version }, (_one, i) => i + 1).join(', ');
  return [
    check('every migration ran once', numbers === wanted, `${numbers} of ${wanted}`),
    check('rows of before were filled in', filled > 0, `${filled} rows`),
    check('the next version wrote rows', born > 0, `${born} rows`),
    check('the version before wrote beside it', without > 0 && mixed > 0, `${without} rows`),
  ];
}

/** Three times all of it; quick: once, up to the first step back. */
const scaleSteps = (context: DrillContext): readonly (typeof STEPS)[number][] =>
  context.quick ? STEPS.slice(0, -1) : Array.from({ length: 3 }, () => STEPS).flat();

async function upgrade(world: World, balancer: Balancer, context: DrillContext): Promise<Verdict> {
  const steps = scaleSteps(context);
  const perSecond = scale(context, 200, 80);
  // Deliveries are under way at every moment that a signal may come.
  world.partners.behave('p0', { status: 200, body: 'OK', afterMs: 60 });
  world.entrance = balancer.url;
  let rolling = true;
  const order = { connections: 16, perSecond, refundEvery: 10, until: () => !rolling };
  const sending = world.sender.run({ ...order, from: 0, count: 1e6 });
  const repeating = repeat(world, order.until, context);
  const began = Date.now();
  const rolls: Roll[] = [];
  let mixed = 0;
  for (const { replica, env } of steps) {
    await pause(scale(context, context.random.between(1000, 8000), 500));
    rolls.push(await roll(world, balancer, replica, env));
    mixed += rolls.length % 2;
    context.say(`${world.replica(replica).name} is version ${env === NEXT ? 'n+1' : 'n'}`);
  }
  rolling = false;
  await sending;
  const repeats = await repeating;
  const seconds = (Date.now() - began) / 1000;
  const calm = await world.settled(120_000);
  const conflicts = await world.stores.db
    .collection('receipts')
    .countDocuments({ state: 'conflict' });
  const { copies, failed } = repeats;
  return {
    checks: [
      ...verdictOnRolls(rolls, steps.length),
      ...verdictOnRequests(world, balancer, Math.round((perSecond * seconds) / 5)),
      check('0 failed copies', copies > 0 && failed === 0, `${failed} of ${copies}`),
      check('copies are no conflicts', conflicts === 0, `${conflicts} conflicts`),
      ...(await verdictOnSchema(world, mixed)),
      check('settled in 120 s', calm, calm ? 'yes' : 'no'),
      ...(await world.judge()),
    ],
    facts: { rolls: rolls.length, copies, accepted: world.sender.acceptedCount },
  };
}

async function run(context: DrillContext): Promise<Verdict> {
  const env = { DRAIN_DELAY: String(DRAIN_S) };
  return withWorld(context, { env }, async (world) => {
    const balancer = await Balancer.open(world.replicas.map(({ url }) => url));
    try {
      return await upgrade(world, balancer, context);
    } finally {
      await balancer.close();
    }
  });
}

export const d33: Drill = {
  id: 'D33',
  title: 'rolling upgrade and roll-back of the schema under load',
  bar: 'versions n and n+1 side by side, then back: 0 failed requests, 0 lost, 0 doubled, exit 0 in < 45 s, every migration once',
  quick: true,
  alone: true,
  run,
};
