import { fillBacklog } from '../rig/backlog.js';
import {
  check,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import { percentile } from '../rig/percentile.js';
import { Sender } from '../rig/sender.js';
import { saleOf, SIGNING_SECRET } from '../rig/telling.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

const BAR_MS = 2000;
/** A partner as fast as partners are: 64 connections of two replicas take it some 1,300 a second. */
const ANSWER = { status: 200, body: 'OK', afterMs: 50 };

const yaml = (url: string): string =>
  JSON.stringify({
    accounts: ['a', 'b'].map((id) => ({
      id,
      source: 'stripe',
      credentials: { signingSecret: SIGNING_SECRET },
    })),
    targets: [
      {
        id: 'p0',
        target: 'postback',
        settings: {
          method: 'GET',
          url: `${url}/p0/p?cid={click_id}&eid={event_id}&txid={order_id}&et={event_type}&amt={amount}`,
        },
      },
    ],
    routes: [{ from: ['a', 'b'], to: ['p0'] }],
  });

const openOf = (world: World, account: string): Promise<number> =>
  world.stores.db.collection('deliveries').countDocuments({ account, wakeAt: { $exists: true } });

/** Fills the ledger while no process runs, so that the whole backlog is there at once. */
async function flood(world: World, count: number): Promise<void> {
  const a = new Sender(world.dir, () => world.nextUrl(), '/in/stripe/a');
  await a.tell(saleOf(900_000));
  await a.close();
  await world.reached(['p0'], 30_000);
  await Promise.all(world.replicas.map((replica) => replica.stop()));
  await fillBacklog(world.stores.db, 'a', count);
  world.partners.behave('p0', ANSWER);
  await Promise.all(world.replicas.map((replica) => replica.start()));
}

/** Milliseconds from each 2xx of the small account to the request at the partner. */
function latencies(world: World, sender: Sender): readonly number[] {
  return world.partners.lines.flatMap(({ order, type, at }) => {
    const told = sender.acceptedAt.get(`${order}:${type}`);
    return told === undefined ? [] : [Math.max(0, at - told)];
  });
}

function smallChecks(late: readonly number[], wanted: number): readonly Check[] {
  const p95 = percentile(late, 0.95);
  return [
    check(
      'all of the small account arrived',
      late.length === wanted,
      `${late.length} of ${wanted}`,
    ),
    check(
      `p95 of the small account < ${BAR_MS} ms`,
      p95 < BAR_MS,
      `${p95} ms, half of them within ${percentile(late, 0.5)} ms, slowest ${percentile(late, 1)} ms`,
    ),
  ];
}

/** Nobody heard of a delivery twice: the backlog was there for two processes to fight over. */
function onceCheck(world: World): Check {
  const events = world.partners.lines.map(({ event }) => event);
  const different = new Set(events).size;
  return check(
    'nobody heard anything twice',
    different === events.length,
    `${events.length} requests, ${events.length - different} repeats`,
  );
}

async function run(context: DrillContext): Promise<Verdict> {
  const backlog = scale(context, 200_000, 30_000);
  const seconds = scale(context, 90, 15);
  return withWorld(context, { yaml }, async (world) => {
    await flood(world, backlog);
    context.say(`${backlog} deliveries of the one account wait; now the other, once a second`);
    const b = new Sender(world.dir, () => world.nextUrl(), '/in/stripe/b');
    const before = world.partners.lines.length;
    await b.run({ from: 0, count: seconds, connections: 8, perSecond: 1 });
    const left = await openOf(world, 'a');
    const flowed = world.partners.lines.length - before;
    await world.noneOpen({ account: 'b' }, 30_000);
    const late = latencies(world, b);
    await b.close();
    return {
      checks: [
        check('the flood was there all the time', left > 0, `${left} of ${backlog} left`),
        check('the flood flows, too', flowed > backlog / 100, `${flowed} in ${seconds} s`),
        ...smallChecks(late, seconds),
        onceCheck(world),
        world.leaks(),
      ],
      facts: {
        'p95 ms': percentile(late, 0.95),
        'requests per second': Math.round(flowed / seconds),
      },
    };
  });
}

export const d28: Drill = {
  id: 'D28',
  title: 'one account floods a target, another one has an event a second',
  bar: `p95 of the small account < ${BAR_MS / 1000} s`,
  quick: true,
  alone: true,
  run,
};
