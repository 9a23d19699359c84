import { check, type Drill, type DrillContext, type Verdict } from '../rig/drill.js';
import { withWorld } from '../rig/with-world.js';

/** A first gap is 5 s at most, and the sweeper looks every second. */
const RETRY_MS = 30_000;

/** A third of the events: more failures would open the target's breaker. Ids are base32 of a hash. */
const fails = (event: string): boolean => event < 'g';

async function retryRun(context: DrillContext): Promise<Verdict> {
  return withWorld(context, { replicas: 1 }, async (world) => {
    world.partners.behave('p0', ({ event, nth }) => ({
      status: nth === 1 && fails(event) ? 500 : 200,
      body: 'OK',
    }));
    await world.sender.run({ from: 0, count: 100, connections: 8 });
    await world.settled(RETRY_MS);
    const checks = await world.judge();
    const failed = world.partners.lines.filter(({ status }) => status === 500).length;
    return {
      checks: [check('first tries fail', failed > 10, `${failed} did`), ...checks],
      facts: {},
    };
  });
}

/** First tries fail: only whoever looks for rows whose time has come makes the second. */
export const retryScene: Drill = {
  id: 'retries',
  title: 'a partner that fails the first time',
  bar: 'everything is delivered in the end',
  quick: true,
  run: retryRun,
};

async function storeAwayRun(context: DrillContext): Promise<Verdict> {
  return withWorld(context, { replicas: 1 }, async (world) => {
    const { mongod } = world.stores;
    await world.sender.run({ from: 0, count: 50, connections: 8 });
    await world.settled(10_000);
    await world.noteTrouble('kill -9 mongod');
    await mongod.kill('SIGKILL');
    await world.sender.run({ from: 1000, count: 50, connections: 8, tries: 1 });
    const { givenUp } = world.sender;
    // Whatever is only in its memory is gone.
    await world.replica(0).crash();
    await mongod.restart();
    await world.noteTrouble('kill -9 r0');
    await world.replica(0).start();
    await world.sender.run({ from: 2000, count: 50, connections: 8 });
    await world.settled(60_000);
    const checks = await world.judge();
    const refused = check(
      'nothing is acknowledged without MongoDB',
      givenUp === 50,
      `${50 - givenUp} of 50`,
    );
    return { checks: [refused, ...checks], facts: {} };
  });
}

/** MongoDB dies, then the gateway: what was acknowledged in between is lost. */
export const storeAwayScene: Drill = {
  id: 'store-away',
  title: 'mongod dies, then the gateway',
  bar: 'no acknowledgement without a write',
  quick: true,
  run: storeAwayRun,
};

/** They are part of no other run, so the rig check also runs them on the whole gateway, where they must pass. */
export const SCENES: readonly Drill[] = [retryScene, storeAwayScene];
