import { calmWithin, everyTryAccepted } from '../rig/bars.js';
import { check, pause, scale, type Drill, type DrillContext, type Verdict } from '../rig/drill.js';
import { ingestDuring } from '../rig/ingest-during.js';
import { killRedis, livesOf, type Harmed } from '../rig/redis-harm.js';
import { withWorld } from '../rig/with-world.js';

async function run(context: DrillContext): Promise<Verdict> {
  const { random } = context;
  const kills = scale(context, 20, 4);
  const wanted = scale(context, 50_000, 3000);
  return withWorld(context, { partners: ['p0'] }, async (world) => {
    const { stores, sender } = world;
    const harmed: Harmed[] = [];
    const order = { connections: 32, refundEvery: 10, perSecond: scale(context, 400, 200), wanted };
    await ingestDuring(sender, order, async () => {
      while (harmed.length < kills) {
        await pause(random.between(2000, scale(context, 6000, 3000)));
        harmed.push(await killRedis(stores, random.between(200, 2000)));
      }
    });
    context.say(`${harmed.length} kills, ${sender.acceptedCount} accepted`);
    const calm = await calmWithin(world, 60, 'backlog clear after the last restart');
    const lives = await livesOf(stores, harmed);
    const tried = everyTryAccepted(world);
    return {
      checks: [
        check('Redis was killed', lives === kills + 1, `${kills} kills, ${lives} processes seen`),
        check('accepted', sender.acceptedCount >= wanted, `${sender.acceptedCount} of ${wanted}`),
        tried,
        calm,
        ...(await world.judge()),
      ],
      facts: { kills, accepted: sender.acceptedCount },
    };
  });
}

export const d03: Drill = {
  id: 'D3',
  title: 'kill -9 of Redis, append-only file',
  bar: '0 lost, 0 repeats; 2xx throughout; the backlog is clear ≤ 60 s after Redis is back',
  quick: true,
  run,
};
