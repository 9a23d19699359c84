import { calmWithin, everyTryAccepted } from '../rig/bars.js';
import { check, pause, scale, type Drill, type DrillContext, type Verdict } from '../rig/drill.js';
import { ingestDuring } from '../rig/ingest-during.js';
import { flushRedis, killRedis, livesOf, type Harmed } from '../rig/redis-harm.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

/** A birth that waited so long was not taken from the queue: its job was lost, and the sweeper found the row. */
const LOST_JOB_MS = 10_000;

interface Harms {
  readonly killed: Harmed[];
  readonly flushed: Harmed[];
}

/** Kills and FLUSHALLs in turns. The flush comes twice: after the first the workers idle, and jobs pile up for the second. */
async function empty(world: World, { random }: DrillContext, each: number): Promise<Harms> {
  const { stores } = world;
  const harms: Harms = { killed: [], flushed: [] };
  while (harms.killed.length < each) {
    await pause(random.between(1000, 3000));
    harms.killed.push(await killRedis(stores, random.between(100, 1000)));
    for (let i = 0; i < 2 && harms.flushed.length < each; i += 1) {
      await pause(random.between(200, 2500));
      harms.flushed.push(await flushRedis(stores));
    }
  }
  return harms;
}

async function run(context: DrillContext): Promise<Verdict> {
  const each = scale(context, 20, 3);
  const wanted = scale(context, 50_000, 2500);
  const stores = { redisAppendOnly: false };
  return withWorld(context, { partners: ['p0'], stores }, async (world) => {
    const { sender } = world;
    const order = { connections: 32, refundEvery: 10, perSecond: scale(context, 400, 200), wanted };
    const { killed, flushed } = await ingestDuring(sender, order, () =>
      empty(world, context, each),
    );
    context.say(`${each} kills, ${each} × FLUSHALL, ${sender.acceptedCount} accepted`);
    const calm = await calmWithin(world, 90, 'all sent after the last harm');
    const lives = await livesOf(world.stores, killed);
    const keys = [...killed, ...flushed].map((one) => one.keys);
    // Right after a kill a FLUSHALL may find Redis as empty as that left it.
    const full = keys.filter((n) => n > 0).length;
    const { deliveries } = await world.evidence();
    const late = deliveries.filter(({ tookMs = 0 }) => tookMs > LOST_JOB_MS).length;
    return {
      checks: [
        check('Redis was killed', lives === each + 1, `${each} kills, ${lives} processes seen`),
        check(
          'Redis was emptied',
          flushed.length === each && full >= keys.length * 0.8,
          `${flushed.length} × FLUSHALL; ${full} of ${keys.length} times there was something to lose, up to ${Math.max(...keys)} keys`,
        ),
        check('jobs were lost', late > 0, `${late} deliveries came by the sweeper`),
        check('accepted', sender.acceptedCount >= wanted, `${sender.acceptedCount} of ${wanted}`),
        everyTryAccepted(world),
        calm,
        ...(await world.judge()),
      ],
      facts: { kills: each, flushes: each, accepted: sender.acceptedCount, 'by the sweeper': late },
    };
  });
}

export const d04: Drill = {
  id: 'D4',
  title: 'Redis killed without persistence, and FLUSHALL',
  bar: '0 lost, no attempt made twice; 2xx throughout; everything sent ≤ 90 s after the last harm',
  quick: true,
  run,
};
