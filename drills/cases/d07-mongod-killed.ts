import { calmWithin, pidsOf, sameProcesses } from '../rig/bars.js';
import { check, pause, scale, type Drill, type DrillContext, type Verdict } from '../rig/drill.js';
import { ingestDuring } from '../rig/ingest-during.js';
import { openPairs } from '../rig/open-deliveries.js';
import { noneAccepted, onlyHonestRefusals, type Outage } from '../rig/outages.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

/** kill -9, some seconds of nothing, start; with the process that was killed. */
async function killOnce(world: World, downMs: number): Promise<Outage & { pid: number }> {
  const { stores } = world;
  const { mongod } = stores;
  const pid = mongod.pid ?? 0;
  const before = await openPairs(stores.db);
  await mongod.kill('SIGKILL');
  const from = Date.now();
  await pause(downMs);
  const to = Date.now();
  await mongod.restart();
  await world.noteTrouble('kill -9 mongod', before);
  return { from, to, pid };
}

async function run(context: DrillContext): Promise<Verdict> {
  const { random } = context;
  const kills = scale(context, 20, 4);
  const wanted = scale(context, 50_000, 2000);
  return withWorld(context, { partners: ['p0'] }, async (world) => {
    const { sender, stores } = world;
    const gateways = pidsOf(world);
    const outages: (Outage & { pid: number })[] = [];
    const order = { connections: 48, refundEvery: 10, perSecond: scale(context, 600, 200), wanted };
    await ingestDuring(sender, order, async () => {
      while (outages.length < kills) {
        await pause(random.between(1500, scale(context, 5000, 3000)));
        outages.push(await killOnce(world, random.between(300, 4000)));
      }
    });
    context.say(`${kills} kills, ${sender.acceptedCount} accepted, ${sender.givenUp} given up`);
    const calm = await calmWithin(world, 180, 'settled');
    const lives = new Set([...outages.map(({ pid }) => pid), stores.mongod.pid ?? 0]).size;
    return {
      checks: [
        check('mongod was killed', lives === kills + 1, `${kills} kills, ${lives} processes seen`),
        check('accepted', sender.acceptedCount >= wanted, `${sender.acceptedCount} of ${wanted}`),
        noneAccepted(sender.tries, outages),
        onlyHonestRefusals(sender.tries),
        await sameProcesses(world, gateways),
        calm,
        ...(await world.judge()),
      ],
      facts: { kills, accepted: sender.acceptedCount, 'given up by the sender': sender.givenUp },
    };
  });
}

export const d07: Drill = {
  id: 'D7',
  title: 'kill -9 of mongod',
  bar: 'every 2xx survives, none while mongod is dead, others 5xx or nothing; the gateways recover by themselves',
  quick: true,
  run,
};
