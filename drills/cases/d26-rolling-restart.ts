import { Balancer } from '../rig/balancer.js';
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
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

/** Short, but longer than a balancer needs to look three times, a second apart. */
const DRAIN_S = 5;
const EXIT_MS = 45_000;

/** One replica ended politely and started again. */
interface Roll {
  readonly exit: number | NodeJS.Signals;
  readonly ms: number;
  /** The balancer had stopped sending there while the door was still open. */
  readonly seenFirst: boolean;
}

async function roll(world: World, balancer: Balancer, i: number): Promise<Roll> {
  const replica = world.replica(i);
  const began = Date.now();
  let open = true;
  const stopping = replica.stop().then((exit) => {
    open = false;
    return { exit, ms: Date.now() - began };
  });
  await waitFor(() => !balancer.isReady(i), EXIT_MS, 20);
  const seenFirst = open;
  const { exit, ms } = await stopping;
  await replica.start();
  await waitFor(() => balancer.isReady(i), 10_000, 20);
  return { exit, ms, seenFirst };
}

function verdictOn(rolls: readonly Roll[], wanted: number): Check[] {
  const slowest = Math.max(...rolls.map(({ ms }) => ms));
  const bad = rolls.filter(({ exit }) => exit !== 0).map(({ exit }) => String(exit));
  const seen = rolls.filter(({ seenFirst }) => seenFirst).length;
  return [
    check('rolled', rolls.length === wanted, `${rolls.length} of ${wanted}`),
    check('every exit is 0', bad.length === 0, bad.length === 0 ? 'yes' : bad.join(', ')),
    check('gone in < 45 s', slowest < EXIT_MS, `${slowest} ms at worst`),
    check('unready is seen before the door closes', seen === wanted, `${seen} of ${wanted}`),
  ];
}

function verdictOnRequests(world: World, balancer: Balancer, least: number): Check[] {
  const { tries, acceptedCount } = world.sender;
  const failed = tries.filter(({ status }) => status < 200 || status >= 300);
  const { refused, broken, nowhere } = balancer.traffic;
  const detail = `${failed.length} of ${tries.length}; ${refused} refused and sent elsewhere, ${broken} broken, ${nowhere} with no backend`;
  const { idleResets } = balancer;
  return [
    check('load', acceptedCount >= least, `${acceptedCount} accepted, ${least} wanted`),
    check('0 failed requests', failed.length === 0, detail),
    check('0 idle connections reset', idleResets === 0, `${idleResets}`),
  ];
}

async function rollAll(world: World, balancer: Balancer, context: DrillContext): Promise<Verdict> {
  const wanted = scale(context, 20, 3);
  const perSecond = scale(context, 200, 100);
  // Deliveries are under way at every moment that a signal may come.
  world.partners.behave('p0', { status: 200, body: 'OK', afterMs: 60 });
  world.entrance = balancer.url;
  let rolling = true;
  const order = { connections: 16, perSecond, refundEvery: 10, until: () => !rolling };
  const sending = world.sender.run({ ...order, from: 0, count: 1e6 });
  const began = Date.now();
  const rolls: Roll[] = [];
  for (let i = 0; i < wanted; i += 1) {
    await pause(context.random.between(200, 1500));
    rolls.push(await roll(world, balancer, i % world.replicas.length));
  }
  rolling = false;
  await sending;
  const seconds = (Date.now() - began) / 1000;
  const calm = await world.settled(120_000);
  return {
    checks: [
      ...verdictOn(rolls, wanted),
      ...verdictOnRequests(world, balancer, Math.round((perSecond * seconds) / 5)),
      check('settled in 120 s', calm, calm ? 'yes' : 'no'),
      ...(await world.judge()),
    ],
    facts: { rolls: rolls.length, accepted: world.sender.acceptedCount, ...balancer.traffic },
  };
}

async function run(context: DrillContext): Promise<Verdict> {
  const env = { DRAIN_DELAY: String(DRAIN_S) };
  return withWorld(context, { env, usualReplicas: scale(context, 3, 2) }, async (world) => {
    const balancer = await Balancer.open(world.replicas.map(({ url }) => url));
    try {
      return await rollAll(world, balancer, context);
    } finally {
      await balancer.close();
    }
  });
}

export const d26: Drill = {
  id: 'D26',
  title: 'rolling restart behind a balancer',
  bar: '0 failed requests, 0 lost, exit 0 in < 45 s, 0 repeats on the wire',
  quick: true,
  alone: true,
  run,
};
