import path from 'node:path';
import { freePort } from '../../src/platform/embedded/free-port.js';
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
import { findHaproxy, Haproxy, type HaproxyAddresses } from '../rig/haproxy.js';
import { EXIT_MS, verdictOnRolls, type Roll } from '../rig/rolling.js';
import { SIGNING_SECRET } from '../rig/telling.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

/** Longer than the shipped checks need to see that a gateway is not ready: twice a second apart. */
const DRAIN_S = 4;
const LOAD = { connections: 16, refundEvery: 10 };

async function addressesFor(world: World): Promise<HaproxyAddresses> {
  const here = async (): Promise<string> => `127.0.0.1:${await freePort()}`;
  const [first, second] = world.replicas.map(({ url }) => new URL(url).host);
  return {
    gateways: [first ?? '', second ?? ''],
    publicBind: await here(),
    insideBind: await here(),
    statsBind: await here(),
  };
}

async function roll(world: World, haproxy: Haproxy, i: number): Promise<Roll> {
  const replica = world.replica(i);
  const began = Date.now();
  let open = true;
  const stopping = replica.stop().then((exit) => {
    open = false;
    return { exit, ms: Date.now() - began };
  });
  await waitFor(async () => !(await haproxy.isUp(i)), EXIT_MS, 50);
  const seenFirst = open;
  const { exit, ms } = await stopping;
  await replica.start();
  await waitFor(() => haproxy.isUp(i), 15_000, 50);
  return { exit, ms, seenFirst };
}

const failedIn = (world: World, from: number, to: number): number =>
  world.sender.tries.slice(from, to).filter(({ status }) => status < 200 || status >= 300).length;

/** The shipped balancer shows only the door, and says nothing of what is secret. */
async function verdictOnDoor(haproxy: Haproxy): Promise<Check[]> {
  const status = async (url: string): Promise<number> => {
    const response = await fetch(url, { headers: { connection: 'close' } });
    await response.arrayBuffer();
    return response.status;
  };
  const closed = ['/', '/api/v1/health', '/metrics', '/readyz'];
  const outside = await Promise.all(closed.map((where) => status(`${haproxy.url}${where}`)));
  const inside = await status(`${haproxy.insideUrl}/readyz`);
  await status(`${haproxy.url}/in/buygoods/shop/a-path-token`);
  const log = await haproxy.readLog();
  const told = ['a-path-token', SIGNING_SECRET].filter((secret) => log.includes(secret));
  return [
    check(
      'only the door is public',
      new Set(outside).size === 1 && outside[0] === 404,
      outside.join(', '),
    ),
    check('all is there inside', inside === 200, `${inside}`),
    check(
      'the log names accounts, no tokens',
      log.includes('/in/buygoods/shop') && told.length === 0,
      `${told.length} told`,
    ),
  ];
}

async function rollAll(
  world: World,
  haproxy: Haproxy,
  context: DrillContext,
): Promise<{ rolls: Roll[]; wanted: number; tries: number; failed: number }> {
  const wanted = scale(context, 20, 3);
  const from = world.sender.tries.length;
  const rolls: Roll[] = [];
  for (let i = 0; i < wanted; i += 1) {
    await pause(context.random.between(200, 1500));
    rolls.push(await roll(world, haproxy, i % world.replicas.length));
    context.say(`${i + 1} of ${wanted} rolls`);
  }
  const to = world.sender.tries.length;
  return { rolls, wanted, tries: to - from, failed: failedIn(world, from, to) };
}

/** kill -9 of one of the two; back again when this resolves. */
async function killOne(world: World, haproxy: Haproxy): Promise<{ tries: number; failed: number }> {
  await pause(1000);
  const from = world.sender.tries.length;
  await world.crash(0);
  const seen = await waitFor(async () => !(await haproxy.isUp(0)), 15_000, 50);
  if (!seen) throw new Error('HAProxy did not see that a gateway is dead');
  await pause(1000);
  await world.replica(0).start();
  await waitFor(() => haproxy.isUp(0), 15_000, 50);
  return { tries: world.sender.tries.length - from, failed: failedIn(world, from, Infinity) };
}

/** What was seen while the gateways were ended. */
interface Harmed {
  readonly rolled: Awaited<ReturnType<typeof rollAll>>;
  readonly killed: Awaited<ReturnType<typeof killOne>>;
  /** Tellings that a run of this length accepts at least. */
  readonly least: number;
}

async function harm(world: World, haproxy: Haproxy, context: DrillContext): Promise<Harmed> {
  const perSecond = scale(context, 200, 100);
  // Deliveries are under way at every moment that a signal may come.
  world.partners.behave('p0', { status: 200, body: 'OK', afterMs: 60 });
  world.entrance = haproxy.url;
  let busy = true;
  const order = { ...LOAD, perSecond, until: () => !busy };
  const began = Date.now();
  const sending = world.sender.run({ ...order, from: 0, count: 1e6 });
  const rolled = await rollAll(world, haproxy, context);
  const killed = await killOne(world, haproxy);
  busy = false;
  await sending;
  return { rolled, killed, least: Math.round((perSecond * (Date.now() - began)) / 5000) };
}

function verdictOnRequests(world: World, { rolled, killed, least }: Harmed): Check[] {
  const { acceptedCount, givenUp } = world.sender;
  // What was on its way at the kill may fail once; the network says it again.
  const bearable = killed.failed <= LOAD.connections;
  const of = ({ failed, tries }: { failed: number; tries: number }): string =>
    `${failed} of ${tries}`;
  return [
    ...verdictOnRolls(rolled.rolls, rolled.wanted),
    check('load', acceptedCount >= least, `${acceptedCount} accepted, ${least} wanted`),
    check('0 failed requests while rolling', rolled.failed === 0, of(rolled)),
    check('a kill fails what it cut, at most', bearable, of(killed)),
    check('nothing given up', givenUp === 0, `${givenUp}`),
  ];
}

async function judged(world: World, haproxy: Haproxy, context: DrillContext): Promise<Verdict> {
  const harmed = await harm(world, haproxy, context);
  const calm = await world.settled(180_000);
  const door = await verdictOnDoor(haproxy);
  const { requests, retries, redispatched, connectErrors, answerErrors } = await haproxy.stats();
  return {
    checks: [
      ...verdictOnRequests(world, harmed),
      check('settled in 180 s', calm, calm ? 'yes' : 'no'),
      ...door,
      ...(await world.judge()),
    ],
    facts: {
      ...{ rolls: harmed.rolled.rolls.length, accepted: world.sender.acceptedCount, requests },
      ...{ retries, redispatched, connectErrors, answerErrors },
      'failed at the kill': harmed.killed.failed,
    },
  };
}

async function run(context: DrillContext): Promise<Verdict> {
  const program = await findHaproxy();
  context.say(program.says);
  const configuration = path.join(context.root, 'deploy/haproxy/haproxy.cfg');
  const env = { DRAIN_DELAY: String(DRAIN_S) };
  return withWorld(context, { env, replicas: 2 }, async (world) => {
    const addresses = await addressesFor(world);
    const haproxy = await Haproxy.start(program, configuration, addresses, context.dir);
    try {
      await waitFor(async () => (await haproxy.isUp(0)) && haproxy.isUp(1), 15_000, 50);
      return await judged(world, haproxy, context);
    } finally {
      await haproxy.stop();
    }
  });
}

export const d38: Drill = {
  id: 'D38',
  title: 'rolling restarts and a kill behind the shipped HAProxy',
  bar: '0 failed requests while rolling, 0 lost, 0 counted twice; a kill costs a network one more try at most',
  quick: false,
  run,
};
