import { check, type Check, type DrillContext, type Verdict } from './drill.js';
import { AMOUNTS, LIFE, type LifeType } from './order-fold.js';
import { tooEarly } from './order-model.js';
import type { PartnerLine } from './partner.js';
import { permutations } from './permutations.js';
import { simulated, type Simulated } from './simulated.js';

const TOKEN = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const HOUR = 3_600_000;
/** What lies between two arrivals of an order, milliseconds: nothing, a breath, longer than any wait of a held reversal. */
const GAPS = [0, 2000, 3 * HOUR];

/** A CRM that names the five types itself: one network that can say all of them. */
const yaml = (url: string): string =>
  JSON.stringify({
    accounts: [
      {
        id: 'crm-main',
        source: 'crm',
        credentials: { verifier: { preset: 'secret-url', pathToken: TOKEN } },
        settings: {
          mapping: {
            externalId: 'id',
            eventType: {
              path: 'type',
              table: Object.fromEntries(LIFE.map((type) => [type, type])),
            },
            amount: { path: 'amount', unit: 'minor' },
            occurredAt: { path: 'at', format: 'epoch_ms' },
            clickId: 'click',
            order: { id: 'order' },
            dedupe: ['id'],
          },
          defaultCurrency: 'USD',
        },
      },
    ],
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
    routes: [{ from: 'crm-main', to: ['p0'] }],
  });

/** One purchase, and the order in which the network tells of it. */
interface Purchase {
  readonly id: string;
  readonly order: readonly LifeType[];
  readonly copies: number;
  readonly gapMs: number;
}

/** Every order of arrival (or so many of them), single and doubled, with each gap. */
function purchases({ random }: DrillContext, orders: number): readonly Purchase[] {
  const all = permutations(LIFE);
  const chosen =
    orders >= all.length ? all : Array.from({ length: orders }, () => random.pick(all));
  return GAPS.flatMap((gapMs) =>
    [1, 2].flatMap((copies) =>
      chosen.map((order, i) => ({ id: `O${gapMs}x${copies}x${i}`, order, copies, gapMs })),
    ),
  );
}

async function tell(
  sim: Simulated,
  { id }: Purchase,
  type: LifeType,
  began: number,
): Promise<boolean> {
  const amount = AMOUNTS[type];
  const body = {
    id: `${id}:${type}`,
    type,
    order: id,
    at: String(began + LIFE.indexOf(type) * 60_000),
    click: `click-${id}`,
    ...(amount === null ? {} : { amount: String(amount) }),
  };
  const response = await fetch(`${sim.gateway.url}/in/crm/crm-main/${TOKEN}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.text();
  return response.ok;
}

/** Round by round: the first event of each purchase, the gap, the second … Returns how many calls got a 2xx. */
async function tellAll(sim: Simulated, all: readonly Purchase[]): Promise<number> {
  const began = sim.clock.now() - HOUR;
  let good = 0;
  for (const gapMs of GAPS) {
    const mine = all.filter((one) => one.gapMs === gapMs);
    for (let round = 0; round < LIFE.length; round += 1) {
      const calls = mine.flatMap((one) => {
        const type = one.order[round];
        return type === undefined ? [] : Array.from({ length: one.copies }, () => ({ one, type }));
      });
      for (let i = 0; i < calls.length; i += 64) {
        const told = await Promise.all(
          calls.slice(i, i + 64).map(({ one, type }) => tell(sim, one, type, began)),
        );
        good += told.filter(Boolean).length;
      }
      if (gapMs > 0) await sim.passUntil(sim.clock.now() + gapMs, () => 1000);
    }
  }
  return good;
}

const byOrder = (lines: readonly PartnerLine[]): ReadonlyMap<string, readonly PartnerLine[]> =>
  Map.groupBy(lines, ({ order }) => order);

function partnerChecks(lines: readonly PartnerLine[], all: readonly Purchase[]): readonly Check[] {
  const told = byOrder(lines);
  const wanted = LIFE.toSorted().join(' ');
  const wrong = all.filter(
    ({ id }) =>
      (told.get(id) ?? [])
        .map(({ type }) => type)
        .toSorted()
        .join(' ') !== wanted,
  );
  const early = all.filter(({ id }) => tooEarly(told.get(id) ?? []).length > 0);
  const sums = new Set(
    all.map(({ id }) =>
      JSON.stringify((told.get(id) ?? []).map(({ type, amount }) => `${type}${amount}`).toSorted()),
    ),
  );
  return [
    check(
      'each event told once',
      wrong.length === 0,
      `${all.length} purchases, ${wrong.length} told otherwise`,
    ),
    check('no reversal before a payment', early.length === 0, `${early.length} of ${all.length}`),
    check(
      'the partner can add up the same for all',
      sums.size === 1,
      `${sums.size} different sums`,
    ),
  ];
}

/** The ledger's own account of each order, by its public API. */
async function ledgerCheck(sim: Simulated, all: readonly Purchase[]): Promise<Check> {
  const events = await sim.db
    .collection('events')
    .find({}, { projection: { order: 1, type: 1, revenue: 1, occurredAt: 1 } })
    .sort({ occurredAt: 1 })
    .toArray();
  const orders = Map.groupBy(events, (event) => String((event['order'] as { id: string }).id));
  const folds = new Set(
    [...orders.values()].map((of) =>
      JSON.stringify(of.map((event) => [event['type'], event['revenue'] as unknown])),
    ),
  );
  return check(
    'the ledger holds the same for all',
    folds.size === 1 && orders.size === all.length,
    `${orders.size} of ${all.length} orders, ${folds.size} different`,
  );
}

/** The same question through the door of a running gateway: real arrivals, real deliveries, a clock of its own. */
export async function doorOrders(context: DrillContext, orders: number): Promise<Verdict> {
  return simulated(context, { yaml }, async (sim) => {
    const all = purchases(context, orders);
    const calls = all.reduce((sum, { copies }) => sum + copies * LIFE.length, 0);
    const good = await tellAll(sim, all);
    await sim.passUntil(sim.clock.now() + 2 * HOUR, () => 5000);
    const open = await sim.nextDue();
    return {
      checks: [
        check('every call gets a 2xx', good === calls, `${good} of ${calls}`),
        check('all final', open === undefined, open === undefined ? 'yes' : 'no'),
        ...partnerChecks(sim.partners.lines, all),
        await ledgerCheck(sim, all),
      ],
      facts: { purchases: all.length, calls },
    };
  });
}
