import { check, pause, scale, type Drill, type DrillContext, type Verdict } from '../rig/drill.js';
import { withWorld } from '../rig/with-world.js';
import { repeatsOf } from '../rig/oracles.js';
import type { World } from '../rig/world.js';

/** Connections of a replica to one target, the default of WAYBILL_SOCKETS. */
const SOCKETS = 32;

async function killUntil(world: World, { random }: DrillContext, kills: number): Promise<number> {
  let done = 0;
  while (done < kills) {
    await pause(random.between(200, 3000));
    const victim = random.whole(world.replicas.length);
    await world.crash(victim);
    done += 1;
    await world.replica(victim).start();
  }
  return done;
}

async function run(context: DrillContext): Promise<Verdict> {
  const kills = scale(context, 50, 5);
  return withWorld(context, { partners: ['p0'] }, async (world) => {
    let killing = true;
    const order = { connections: 32, refundEvery: 10, perSecond: scale(context, 1200, 400) };
    const wanted = scale(context, 100_000, 4_000);
    let from = 0;
    const sending = (async () => {
      while (killing || world.sender.acceptedCount < wanted) {
        await world.sender.run({ ...order, from, count: 500 });
        from += 500;
      }
    })();
    const done = await killUntil(world, context, kills);
    killing = false;
    await sending;
    context.say(
      `${done} kills, ${world.sender.acceptedCount} accepted; waiting for the last deliveries`,
    );
    const calm = await world.settled(180_000);
    const checks = await world.judge();
    const again = repeatsOf(world.partners.lines);
    const { acceptedCount, givenUp } = world.sender;
    return {
      checks: [
        check('kills', done === kills, `${done} of ${kills}`),
        check('accepted', acceptedCount >= wanted, `${acceptedCount} of ${wanted} wanted`),
        check('settled in 180 s', calm, calm ? 'yes' : 'no'),
        check(
          'repeats ≤ sockets × targets × kills',
          again <= SOCKETS * done,
          `${again} of ${SOCKETS * done} at most`,
        ),
        ...checks,
      ],
      facts: { kills: done, accepted: acceptedCount, 'given up by the sender': givenUp },
    };
  });
}

export const d01: Drill = {
  id: 'D1',
  title: 'kill -9 of a replica during ingest',
  bar: '0 lost, 0 counted twice; repeats on the wire only of deliveries that were claimed at a kill',
  quick: true,
  run,
};
