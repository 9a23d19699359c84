import fc from 'fast-check';
import {
  check,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import { foldOf, LIFE, lifeEvent, type LifeType } from '../rig/order-fold.js';
import { OrderModel, tooEarly } from '../rig/order-model.js';
import { doorOrders } from '../rig/order-door.js';
import { permutations } from '../rig/permutations.js';

const TARGET_RUNS = 5000;

/** All 5! orders of arrival, each event once and each twice: the ledger must make the same of them. */
async function foldCheck(): Promise<Check> {
  const wanted = await foldOf(LIFE.map(lifeEvent));
  let folds = 0;
  const other: string[] = [];
  for (const order of permutations(LIFE)) {
    for (const copies of [order, order.flatMap((type) => [type, type])]) {
      folds += 1;
      if ((await foldOf(copies.map(lifeEvent))) !== wanted) other.push(copies.join(' '));
    }
  }
  return check(
    'one fold for all orders of arrival',
    other.length === 0 && folds === 240 && wanted.includes('"parent"'),
    `${folds} orders, ${other.length} with another fold${other.slice(0, 2).join('; ')}`,
  );
}

/** Copies of the five events in any order, each turned down up to twice. */
const arrivals = fc.record({
  copies: fc
    .shuffledSubarray([...LIFE, ...LIFE], { minLength: 5 })
    .filter((copies) => LIFE.every((type) => copies.includes(type))),
  failures: fc.array(fc.nat(2), { minLength: LIFE.length, maxLength: LIFE.length }),
});

async function interleaved(
  scheduler: fc.Scheduler,
  copies: readonly LifeType[],
  failures: readonly number[],
): Promise<string | undefined> {
  const model = new OrderModel(
    (what) => scheduler.schedule(Promise.resolve(), what),
    ({ type }) => failures[LIFE.indexOf(type as LifeType)] ?? 0,
  );
  const all = Promise.all(copies.map((type) => model.arrive(lifeEvent(type))));
  await scheduler.waitFor(all);
  const early = tooEarly(model.told);
  if (early.length > 0) return `${early.join(', ')} before any payment`;
  if (model.told.length !== LIFE.length) return `${model.told.length} of ${LIFE.length} told`;
  const same = (await foldOf(model.arrived)) === (await foldOf(LIFE.map(lifeEvent)));
  return same ? undefined : 'another fold';
}

/** Arrival, reading, deciding, sending and settling of all events, interleaved by fast-check's scheduler. */
async function interleavingCheck({ random, quick }: DrillContext): Promise<Check> {
  const runs = quick ? TARGET_RUNS / 10 : TARGET_RUNS;
  const seed = random.whole(2 ** 31);
  const property = fc.asyncProperty(
    fc.scheduler(),
    arrivals,
    async (scheduler, { copies, failures }) => {
      const fault = await interleaved(scheduler, copies, failures);
      if (fault !== undefined) throw new Error(fault);
    },
  );
  const result = await fc.check(property, { seed, numRuns: runs });
  const found = result.failed
    ? `: ${String(result.errorInstance)} ${result.counterexamplePath ?? ''}`
    : '';
  return check(
    'rules hold in every interleaving',
    !result.failed && result.numRuns === runs,
    `${result.numRuns} of ${runs} runs, seed ${seed}${found}`,
  );
}

async function run(context: DrillContext): Promise<Verdict> {
  const pure = [await foldCheck(), await interleavingCheck(context)];
  context.say('the pure part is done; now through the door');
  const door = await doorOrders(context, scale(context, 120, 24));
  return { checks: [...pure, ...door.checks], facts: door.facts };
}

export const d12: Drill = {
  id: 'D12',
  title: 'events of an order in every order of arrival',
  bar: 'one fold for all of them; no reversal is told before a payment, in any interleaving',
  quick: true,
  run,
};
