import { readFileSync } from 'node:fs';
import { calmWithin, pidsOf, sameProcesses } from '../rig/bars.js';
import {
  check,
  pause,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
  waitFor,
} from '../rig/drill.js';
import { FailPoint } from '../rig/fail-point.js';
import { CELLS, GATEWAY, type Cell } from '../rig/failing-commands.js';
import { ingestDuring } from '../rig/ingest-during.js';
import { onlyHonestRefusals } from '../rig/outages.js';
import type { DrillStores } from '../rig/stores.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

/** After so much trouble the gateway is left in peace until it has caught up: no claim may end over it. */
const TROUBLE_MS = 5000;
const PEACE_MS = 25_000;

/** A cell whose command does not come by often enough is given up after this. */
const CELL_MS = 90_000;

/** One to four commands in a row: some are mended by the driver's own retry, some reach the gateway. */
async function once(
  { client }: DrillStores,
  { random }: DrillContext,
  cell: Cell,
): Promise<number> {
  const commands = new FailPoint(client);
  if (cell.afterCommit !== true) {
    await commands.on({ times: 1 + random.whole(4) }, cell.strike);
    await pause(random.between(30, 100));
    return commands.off();
  }
  const after = new FailPoint(client, 'onPrimaryTransactionalWrite');
  // The driver's retry would find its write done; every other time its line is cut again before it can.
  if (random.next() < 0.5) await commands.on({ skip: 1 }, cell.strike);
  await after.on({ times: 1 }, { closeConnection: true });
  await pause(random.between(30, 100));
  const struck = await after.off();
  await commands.off();
  return struck;
}

/** Until all that the partner took is on record; the number of partner lines that are known to be. */
async function inPeace({ stores, partners }: World, from: number): Promise<number> {
  const to = partners.lines.length;
  const events = [...new Set(partners.lines.slice(from, to).map(({ event }) => event))];
  const deliveries = stores.db.collection('deliveries');
  const open = { event: { $in: events }, wakeAt: { $exists: true } };
  const caught = await waitFor(async () => (await deliveries.findOne(open)) === null, PEACE_MS);
  return caught ? to : from;
}

/** Strikes all cells, in an order of the seed; how often each was hit. */
async function strikeAll(
  world: World,
  context: DrillContext,
  wanted: number,
): Promise<ReadonlyMap<string, number>> {
  const hits = new Map<string, number>();
  const left = [...CELLS];
  let known = 0;
  while (left.length > 0) {
    const [cell] = left.splice(context.random.whole(left.length), 1);
    if (!cell) break;
    const end = Date.now() + CELL_MS;
    let struck = 0;
    while (struck < wanted && Date.now() < end) {
      const peace = Date.now() + TROUBLE_MS;
      while (struck < wanted && Date.now() < peace)
        struck += await once(world.stores, context, cell);
      known = await inPeace(world, known);
    }
    hits.set(cell.name, struck);
  }
  return hits;
}

function nothingUnhandled(world: World): Check {
  const words = /unhandled|uncaught|ERR_UNHANDLED_REJECTION/gi;
  const found = world.replicas.flatMap(({ log }) => readFileSync(log, 'utf8').match(words) ?? []);
  return check('no unhandled rejection', found.length === 0, `${found.length} in the logs`);
}

const through = ({ mongodbUri, redisUrl }: DrillStores) =>
  Promise.resolve({ mongodbUri: `${mongodbUri}&appName=${GATEWAY}`, redisUrl });

async function run(context: DrillContext): Promise<Verdict> {
  const wanted = scale(context, 50, 4);
  return withWorld(context, { partners: ['p0'], through }, async (world) => {
    const { sender } = world;
    const gateways = pidsOf(world);
    // Many refunds: they read the order, and the matrix needs reads.
    const order = { connections: 16, refundEvery: 2, perSecond: 120, wanted: 500, tries: 10 };
    const hits = await ingestDuring(sender, order, () => strikeAll(world, context, wanted));
    const total = [...hits.values()].reduce((sum, n) => sum + n, 0);
    context.say(`${total} commands failed in ${hits.size} ways, ${sender.acceptedCount} accepted`);
    const few = [...hits].filter(([, n]) => n < wanted).map(([name, n]) => `${name} ${n}`);
    const calm = await calmWithin(world, 180, 'settled');
    return {
      checks: [
        check(
          `each of ${CELLS.length} ways struck ${wanted} times`,
          few.length === 0 && hits.size === CELLS.length,
          few.length === 0 ? `${total} strikes` : few.join(', '),
        ),
        onlyHonestRefusals(sender.tries),
        nothingUnhandled(world),
        await sameProcesses(world, gateways),
        calm,
        ...(await world.judge()),
      ],
      facts: {
        strikes: total,
        accepted: sender.acceptedCount,
        'given up by the sender': sender.givenUp,
      },
    };
  });
}

export const d09: Drill = {
  id: 'D9',
  title: 'commands of MongoDB that fail in every way',
  bar: '0 lost, 0 told twice, no unhandled rejection, the gateways go on',
  quick: true,
  run,
};
