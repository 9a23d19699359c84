import { credentials, seal } from '../../plugins/stripe/fixtures/seal.js';
import {
  check,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import { storm, type StormResult } from '../rig/storm.js';
import type { StormOrder } from '../rig/storm-sender.js';
import { saleOf, type Telling } from '../rig/telling.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

const SENDERS = 4;
/** An altered copy comes behind so many plain ones of its own process: a network corrects what it has told before. */
const PLAIN_ROUNDS = 5;
const TARGETS = ['p0', 'p1'];

type Copy = 'plain' | 'spaced' | 'reordered' | 'altered';

/** The same JSON with its keys the other way round, at every depth. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

/** The same sale, a cent dearer. */
function dearer({ payload, amount }: Telling): unknown {
  const text = JSON.stringify(payload);
  return JSON.parse(text.replace(`"amount_total":${amount}`, `"amount_total":${amount + 1}`));
}

function textOf(telling: Telling, copy: Copy): string {
  switch (copy) {
    case 'plain':
      return JSON.stringify(telling.payload);
    case 'spaced':
      return JSON.stringify(telling.payload, null, '\t');
    case 'reordered':
      return JSON.stringify(reversed(telling.payload));
    case 'altered':
      return JSON.stringify(dearer(telling));
  }
}

interface Plan {
  readonly orders: readonly StormOrder[];
  readonly copies: ReadonlyMap<Copy, number>;
}

/** Every process sends the same ids in the same order, round after round, so that copies meet. */
function plan(
  { random }: DrillContext,
  urls: readonly string[],
  ids: number,
  rounds: number,
): Plan {
  const copies = new Map<Copy, number>();
  const kindOf = (round: number): Copy => {
    const dice = random.next();
    if (round >= PLAIN_ROUNDS && dice < 0.0125) return 'altered';
    return dice < 0.06 ? 'spaced' : dice < 0.11 ? 'reordered' : 'plain';
  };
  const requestsOf = (): StormOrder['requests'] =>
    Array.from({ length: rounds * ids }, (_, i) => {
      const copy = kindOf(Math.floor(i / ids));
      copies.set(copy, (copies.get(copy) ?? 0) + 1);
      const body = textOf(saleOf(i % ids), copy);
      const sealed = seal(undefined, credentials, Date.now(), { body });
      return { headers: sealed.headers, body: sealed.body.toString('base64') };
    });
  const orders = Array.from({ length: SENDERS }, (_, n) => ({
    urls: n % 2 === 0 ? urls : urls.toReversed(),
    connections: 16,
    requests: requestsOf(),
  }));
  return { orders, copies };
}

async function receiptChecks(
  world: World,
  { copies }: Plan,
  ids: number,
): Promise<readonly Check[]> {
  const receipts = world.stores.db.collection('receipts');
  const [recorded, repeats, conflicts, all] = await Promise.all([
    receipts.countDocuments({ state: 'recorded' }),
    receipts.countDocuments({ state: 'repeat' }),
    receipts.countDocuments({ state: 'conflict' }),
    receipts.countDocuments(),
  ]);
  const sent = [...copies.values()].reduce((sum, n) => sum + n, 0);
  const altered = copies.get('altered') ?? 0;
  const rows = await world.stores.db.collection('deliveries').countDocuments();
  return [
    check('every copy has its receipt', all === sent, `${all} receipts of ${sent} copies`),
    check('one of each id is counted', recorded === ids, `${recorded} recorded of ${ids} ids`),
    check(
      'other content is a conflict, other bytes are not',
      conflicts === altered && altered > 0 && repeats === sent - ids - altered,
      `${conflicts} conflicts of ${altered} altered copies, ${repeats} repeats`,
    ),
    check('rows', rows === ids * TARGETS.length, `${rows} of ${ids * TARGETS.length}`),
  ];
}

function stormChecks({ statuses, togetherMs }: StormResult, copies: number): readonly Check[] {
  const good = [...statuses].reduce(
    (sum, [status, n]) => sum + (status.startsWith('2') ? n : 0),
    0,
  );
  const shown = [...statuses].map(([status, n]) => `${n} × ${status}`).join(', ');
  return [
    check('every copy is answered 2xx', good === copies, `${shown} of ${copies}`),
    check('the senders stormed together', togetherMs > 0, `${togetherMs} ms at once`),
  ];
}

async function run(context: DrillContext): Promise<Verdict> {
  const ids = scale(context, 1000, 100);
  const rounds = scale(context, 25, 10);
  return withWorld(
    context,
    { partners: TARGETS, usualReplicas: scale(context, 3, 2) },
    async (world) => {
      const urls = world.replicas.map(({ url }) => `${url}/in/stripe/shop`);
      const planned = plan(context, urls, ids, rounds);
      for (let n = 0; n < ids; n += 1) world.sender.noteSent(saleOf(n));
      const copies = ids * rounds * SENDERS;
      context.say(`${copies} copies of ${ids} sales from ${SENDERS} processes`);
      const result = await storm(context.root, context.dir, planned.orders);
      const answered = stormChecks(result, copies);
      if (answered.every(({ ok }) => ok))
        for (let n = 0; n < ids; n += 1) world.sender.noteAccepted(saleOf(n).id);
      const calm = await world.settled(120_000);
      return {
        checks: [
          ...answered,
          check('settled in 120 s', calm, calm ? 'yes' : 'no'),
          ...(await receiptChecks(world, planned, ids)),
          ...(await world.judge()),
        ],
        facts: { copies, ...Object.fromEntries(planned.copies) },
      };
    },
  );
}

export const d13: Drill = {
  id: 'D13',
  title: 'duplicate storm from four processes over all replicas',
  bar: 'one event per id and one delivery per target; every copy gets a 2xx; other amounts are conflicts, other bytes are not',
  quick: true,
  run,
};
