import { calmWithin, pidsOf, sameProcesses } from '../rig/bars.js';
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
import { openPairs } from '../rig/open-deliveries.js';
import { onlyHonestRefusals } from '../rig/outages.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

/** One change of the primary: who it was, who it is, and the terms. */
interface Change {
  readonly how: 'stepped down' | 'killed';
  readonly from: number;
  readonly to: number;
  readonly terms: number;
}

async function change(world: World, how: Change['how'], downMs: number): Promise<Change> {
  const set = world.stores.replicaSet;
  const before = await openPairs(world.stores.db);
  const killed = how === 'killed' ? await set.killPrimary() : undefined;
  const old = killed ?? (await set.stepDown());
  if (killed) {
    await pause(downMs);
    await killed.bringBack();
  }
  const now = await set.untilWhole(old.term);
  await world.noteTrouble(`the primary ${how}`, before);
  return { how, from: old.primary, to: now.primary, terms: now.term - old.term };
}

/** A primary that was lost is proven by a later term. */
function elections(changes: readonly Change[], each: number): Check {
  const counts = (how: Change['how']): number =>
    changes.filter((one) => one.how === how && one.terms > 0).length;
  const [down, killed] = [counts('stepped down'), counts('killed')];
  return check(
    'the primary was lost',
    down === each && killed === each,
    `${down} step-downs and ${killed} kills led to an election, of ${each} each`,
  );
}

async function run(context: DrillContext): Promise<Verdict> {
  const { random } = context;
  const each = scale(context, 10, 2);
  const wanted = scale(context, 15_000, 1500);
  const stores = { three: true };
  return withWorld(context, { partners: ['p0'], stores }, async (world) => {
    const { sender } = world;
    const gateways = pidsOf(world);
    const changes: Change[] = [];
    const order = { connections: 32, refundEvery: 10, perSecond: 150, wanted };
    await ingestDuring(sender, order, async () => {
      for (let i = 0; i < each * 2; i += 1) {
        await pause(random.between(1000, 3000));
        const how = i % 2 === 0 ? 'stepped down' : 'killed';
        changes.push(await change(world, how, random.between(500, 3000)));
      }
    });
    context.say(`${changes.length} elections, ${sender.acceptedCount} accepted`);
    const calm = await calmWithin(world, 180, 'settled');
    return {
      checks: [
        elections(changes, each),
        check('accepted', sender.acceptedCount >= wanted, `${sender.acceptedCount} of ${wanted}`),
        onlyHonestRefusals(sender.tries),
        await sameProcesses(world, gateways),
        calm,
        ...(await world.judge()),
      ],
      facts: {
        elections: changes.length,
        accepted: sender.acceptedCount,
        'given up by the sender': sender.givenUp,
      },
    };
  });
}

export const d08: Drill = {
  id: 'D8',
  title: 'the primary of three steps down or is killed',
  bar: 'every 2xx survives; a write of unknown fate ends as exactly one row; the gateways recover by themselves',
  quick: true,
  run,
};
