import { Balancer } from '../rig/balancer.js';
import { check, pause, scale, type Drill, type DrillContext, type Verdict } from '../rig/drill.js';
import { roll, verdictOnRequests, verdictOnRolls, type Roll } from '../rig/rolling.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

/** Short, but longer than a balancer needs to look three times, a second apart. */
const DRAIN_S = 5;
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
      ...verdictOnRolls(rolls, wanted),
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
