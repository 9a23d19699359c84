import { readFileSync } from 'node:fs';
import path from 'node:path';
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
import { ingestDuring } from '../rig/ingest-during.js';
import { field } from '../rig/redis-harm.js';
import type { DrillStores } from '../rig/stores.js';
import { withWorld } from '../rig/with-world.js';

type Policy = 'noeviction' | 'allkeys-lru';

const LIMIT = '8mb';
const FILLER = 'x'.repeat(32_768);
/** So many fillers are twice the limit. */
const ENOUGH = 520;
const WARNING = 'WB_QUEUE_EVICTION';

/** Writes more than Redis may hold, and goes on for `ms`; how often it said that it is full. */
async function fill(stores: DrillStores, ms: number): Promise<number> {
  const end = Date.now() + ms;
  let full = 0;
  await stores.withRedis(async (redis) => {
    for (let i = 0; Date.now() < end || i < ENOUGH; i += 20) {
      const writes = redis.pipeline();
      for (let n = i; n < i + 20; n += 1) writes.set(`filler:${n}`, FILLER);
      for (const [error] of (await writes.exec()) ?? []) {
        if (error && !error.message.includes('OOM')) throw error;
        if (error) full += 1;
      }
      await pause(50);
    }
  });
  return full;
}

const evicted = (stores: DrillStores): Promise<number> =>
  stores.withRedis(async (redis) => Number(field(await redis.info('stats'), 'evicted_keys')));

async function under(context: DrillContext, policy: Policy): Promise<readonly Check[]> {
  const dir = path.join(context.dir, policy);
  const options = {
    partners: ['p0'],
    through: async (stores: DrillStores) => {
      await stores.withRedis(async (redis) => {
        await redis.config('SET', 'maxmemory', LIMIT);
        await redis.config('SET', 'maxmemory-policy', policy);
      });
      return stores;
    },
  };
  return withWorld({ ...context, dir }, options, async (world) => {
    const wanted = scale(context, 5000, 1000);
    const ms = scale(context, 40_000, 8000);
    const order = { connections: 16, refundEvery: 10, perSecond: 150, wanted };
    const full = await ingestDuring(world.sender, order, () => fill(world.stores, ms));
    const gone = await evicted(world.stores);
    const warned = world.replicas.every(({ log }) => readFileSync(log, 'utf8').includes(WARNING));
    const calm = await calmWithin(world, 180, 'all sent');
    const harm =
      policy === 'noeviction'
        ? check('Redis was full', full > 0 && gone === 0, `${full} writes refused`)
        : check('Redis evicted', gone > 0, `${gone} keys evicted`);
    const risky = policy !== 'noeviction';
    const word = warned ? 'warned' : 'said nothing';
    const checks = [
      harm,
      check('start-up warns of the policy only where it loses jobs', warned === risky, word),
      everyTryAccepted(world),
      calm,
      ...(await world.judge()),
    ];
    return checks.map((one) => ({ ...one, name: `${policy}: ${one.name}` }));
  });
}

async function run(context: DrillContext): Promise<Verdict> {
  const [first, second] = await Promise.all([
    under(context, 'noeviction'),
    under(context, 'allkeys-lru'),
  ]);
  return { checks: [...first, ...second], facts: { maxmemory: LIMIT } };
}

export const d06: Drill = {
  id: 'D6',
  title: 'Redis full, and Redis evicting',
  bar: '0 lost either way; start-up warns of every policy but noeviction',
  quick: true,
  run,
};
