import {
  check,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import { judge } from '../rig/oracles.js';
import { percentile } from '../rig/percentile.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

const NAMES = Array.from({ length: 10 }, (_, i) => `p${i}`);
const SLOW = 'p9';
const FAST = NAMES.filter((name) => name !== SLOW);
const PER_SECOND = 100;
/** Connections of a replica to one target, the default of WAYBILL_SOCKETS. */
const SOCKETS = 32;
const HANG = { status: 200, body: 'OK', afterMs: 20_000 };

/** Milliseconds from the network's 2xx to the request at a fast partner, for all sales from `from` on. */
function latencies(world: World, from: number, count: number): readonly number[] {
  const { acceptedAt } = world.sender;
  return world.partners.lines.flatMap((line) => {
    const n = Number(line.order.replace('pi_drill', ''));
    if (line.partner === SLOW || n < from || n >= from + count) return [];
    const at = acceptedAt.get(`${line.order}:${line.type}`);
    return at === undefined ? [] : [Math.max(0, line.at - at)];
  });
}

/** Sends so many seconds of sales and waits until every fast partner has heard of each. */
async function phase(world: World, from: number, seconds: number): Promise<readonly number[]> {
  const count = PER_SECOND * seconds;
  await world.sender.run({ from, count, connections: 64, perSecond: PER_SECOND });
  await world.reached(FAST, 30_000);
  return latencies(world, from, count);
}

/** The nine others must be through; the slow one may take its time, but nothing of it may be lost. */
async function ledgerChecks(world: World): Promise<readonly Check[]> {
  const evidence = await world.evidence();
  const rest = {
    ...evidence,
    deliveries: evidence.deliveries.filter(({ target }) => target !== SLOW),
    partners: evidence.partners.filter(({ partner }) => partner !== SLOW),
  };
  const slow = evidence.deliveries.filter(({ target }) => target === SLOW);
  const lost = slow.filter(({ state }) =>
    ['dead', 'refused', 'skipped', 'cancelled'].includes(state),
  );
  return [
    ...judge(rest, { targets: FAST }),
    check(
      'nothing of the slow target is lost',
      slow.length === evidence.events.length && lost.length === 0,
      `${slow.length} deliveries of ${evidence.events.length} events, ${lost.length} given up`,
    ),
    world.leaks(),
  ];
}

function timeChecks(calm: readonly number[], slow: readonly number[]): readonly Check[] {
  const [base, p95] = [percentile(calm, 0.95), percentile(slow, 0.95)];
  const worst = percentile(slow, 1);
  return [
    check(
      'p95 of the others ≤ 1.5 × baseline',
      p95 <= 1.5 * base,
      `${p95} ms, baseline ${base} ms`,
    ),
    check('p95 of the others < 1 s', p95 < 1000, `${p95} ms, slowest ${worst} ms`),
  ];
}

async function run(context: DrillContext): Promise<Verdict> {
  const [calmSeconds, slowSeconds] = [scale(context, 30, 10), scale(context, 70, 20)];
  return withWorld(context, { partners: NAMES }, async (world) => {
    // The first seconds of a process are the compiler's, not the gateway's.
    await phase(world, 0, 5);
    const calm = await phase(world, 10_000, calmSeconds);
    world.partners.behave(SLOW, HANG);
    const before = world.partners.lines.length;
    const slow = await phase(world, 20_000, slowSeconds);
    const during = world.partners.lines.slice(before);
    const hung = during.filter(({ partner }) => partner === SLOW).length;
    const most = world.partners.mostOpen(SLOW);
    const wanted = PER_SECOND * slowSeconds * FAST.length;
    const cap = world.replicas.length * SOCKETS;
    return {
      checks: [
        check('the target hung', hung >= SOCKETS, `${hung} requests without an answer`),
        check('the others heard everything', slow.length === wanted, `${slow.length} of ${wanted}`),
        ...timeChecks(calm, slow),
        check('the hanging one holds no more than its cap', most <= cap, `${most} of ${cap}`),
        ...(await ledgerChecks(world)),
      ],
      facts: { 'hung requests': hung, 'p95 ms beside a hanging target': percentile(slow, 0.95) },
    };
  });
}

export const d11: Drill = {
  id: 'D11',
  title: 'one of ten targets hangs for 20 s',
  bar: 'the others: p95 ≤ 1.5 × their baseline and < 1 s; the hanging one holds no more connections than its cap',
  quick: true,
  alone: true,
  run,
};
