import { calmWithin, everyTryAccepted } from '../rig/bars.js';
import {
  check,
  pause,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import { portIsFree } from '../../src/platform/embedded/free-port.js';
import { percentile } from '../rig/percentile.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

const PER_SECOND = 50;
const ACK_MS = 250;

interface Looks {
  dead: number;
  alive: number;
}

/** A look takes a moment of its own, so there are a few less than seconds. */
const wasAway = ({ dead, alive }: Looks, seconds: number): Check =>
  check(
    'Redis was away',
    alive === 0 && dead >= seconds * 0.8,
    `${dead} looks found its port dead, ${alive} alive`,
  );

/** Looks every second whether anybody listens on Redis' port. */
async function watch(world: World, going: () => boolean): Promise<Looks> {
  const seen = { dead: 0, alive: 0 };
  while (going()) {
    if (await portIsFree(world.stores.redis.port)) seen.dead += 1;
    else seen.alive += 1;
    await pause(1000);
  }
  return seen;
}

async function run(context: DrillContext): Promise<Verdict> {
  const seconds = scale(context, 600, 20);
  const count = seconds * PER_SECOND;
  return withWorld(context, { partners: ['p0'] }, async (world) => {
    const { sender, stores } = world;
    await sender.run({ from: 0, count: 200, connections: 4, perSecond: PER_SECOND });
    await stores.redis.kill('SIGKILL');
    const before = sender.tries.length;
    let sending = true;
    const watching = watch(world, () => sending);
    const order = { connections: 32, perSecond: PER_SECOND, refundEvery: 10 };
    await sender.run({ ...order, from: 200, count });
    sending = false;
    const seen = await watching;
    const acks = sender.tries.slice(before).map(({ ms }) => ms);
    await stores.redis.restart();
    context.say(`Redis was away for ${seen.dead} s; ${acks.length} notifications meanwhile`);
    const calm = await calmWithin(world, 600, 'backlog drained after Redis is back');
    await sender.run({ from: 200 + count, count: 200, connections: 4, perSecond: PER_SECOND });
    const p95 = percentile(acks, 0.95);
    return {
      checks: [
        wasAway(seen, seconds),
        check('sent meanwhile', acks.length >= count, `${acks.length} of ${count}`),
        check(`p95 of the answer < ${ACK_MS} ms`, p95 < ACK_MS, `${p95} ms`),
        calm,
        await calmWithin(world, 60, 'works as before'),
        everyTryAccepted(world),
        ...(await world.judge()),
      ],
      facts: {
        'seconds away': seen.dead,
        'p50 ms': percentile(acks, 0.5),
        'p95 ms': p95,
        'p99 ms': percentile(acks, 0.99),
        'slowest ms': Math.max(...acks),
      },
    };
  });
}

export const d05: Drill = {
  id: 'D5',
  title: 'Redis away for ten minutes',
  bar: '2xx throughout, p95 of the answer < 250 ms, 0 lost, the backlog drained < 10 minutes',
  quick: true,
  alone: true,
  run,
};
