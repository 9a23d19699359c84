import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  check,
  pause,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import { readJournal } from '../rig/journal.js';
import type { PartnerLine } from '../rig/partner.js';
import { preload } from '../rig/preload.js';
import type { ClockLine } from '../rig/skewed-clock.js';
import { saleOf, sealed } from '../rig/telling.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

const TEN_MIN = 600_000;
/** The first gap of the schedule: anything from one second to this. */
const FIRST_GAP_MS = 5000;
const LEASE_MS = 60_000;
const TICKS_MS = 5000;
/** Offsets of both replicas' clocks, stretch by stretch: apart from the start, each is a jump. */
const STRETCHES = [
  [TEN_MIN, 0],
  [-TEN_MIN, TEN_MIN],
  [0, -TEN_MIN],
] as const;
const TOLERANCE_MS = 300_000;

const clockFile = (dir: string, i: number): string => path.join(dir, `clock${i}`);

function setClocks(dir: string, [first, second]: readonly [number, number]): void {
  writeFileSync(clockFile(dir, 0), String(first));
  writeFileSync(clockFile(dir, 1), String(second));
}

/** Each replica saw each offset, and was wrong by it. */
function wereWrong(dir: string): Check[] {
  return [0, 1].map((i) => {
    const lines = readJournal<ClockLine>(`${clockFile(dir, i)}.seen`);
    const wrong = lines.filter(
      ({ offset, real, believed }) => Math.abs(believed - real - offset) > 50,
    );
    const seen = lines.map(({ real, believed }) => Math.round((believed - real) / 1000));
    const jumps = STRETCHES.filter((pair, n) => pair[i] !== (STRETCHES[n - 1]?.[i] ?? 0)).length;
    const ok = wrong.length === 0 && lines.length === jumps;
    return check(`the clock of r${i} was wrong`, ok, `by ${seen.join(' s, then ')} s`);
  });
}

/** When the ledger says that the second try is due, by event: read while the drill runs, before anybody moves it on. */
async function watchDueTimes(world: World, due: Map<string, number>): Promise<void> {
  const rows = world.stores.db
    .collection('deliveries')
    .find({ state: 'retry', attempts: 1 }, { projection: { event: 1, wakeAt: 1 } });
  for await (const row of rows) {
    const event = String(row['event']);
    const at = (row['wakeAt'] as Date).getTime();
    due.set(event, Math.min(at, due.get(event) ?? Infinity));
  }
}

/** First and second request of every event that failed the first time. */
function pairs(lines: readonly PartnerLine[]): { event: string; first: number; second: number }[] {
  const failed = new Map<string, number>();
  const found: { event: string; first: number; second: number }[] = [];
  for (const { event, status, at } of lines) {
    const first = failed.get(event);
    if (first !== undefined) found.push({ event, first, second: at });
    if (status === 503) failed.set(event, at);
    else failed.delete(event);
  }
  return found;
}

function punctual(
  lines: readonly PartnerLine[],
  due: ReadonlyMap<string, number>,
  least: number,
): Check[] {
  const all = pairs(lines);
  const off = all.flatMap(({ event, second }) => {
    const at = due.get(event);
    return at === undefined ? [] : [second - at];
  });
  const waits = all.map(({ first, second }) => second - first);
  const limit = FIRST_GAP_MS + LEASE_MS + TICKS_MS;
  const early = off.filter((ms) => ms < -1000).length;
  const late = off.filter((ms) => ms > LEASE_MS + TICKS_MS).length;
  const long = waits.filter((ms) => ms > limit).length;
  const span = (list: readonly number[]): string =>
    `${Math.min(...list)} to ${Math.max(...list)} ms`;
  return [
    check(
      'retries',
      off.length >= least,
      `${off.length} of ${all.length} with their due time, ${least} wanted`,
    ),
    check(
      'no retry early by more than 1 s',
      early === 0,
      `${early}; ${span(off)} after the due time`,
    ),
    check(
      'no retry late by more than a lease',
      late === 0 && long === 0,
      `${late}; ${span(waits)} after the first try`,
    ),
  ];
}

interface Tolerance {
  right: number;
  wrong: number;
}

/** A signature of 290 s ago or ahead is in time, one of 310 s is not, whoever is asked. */
async function probe(world: World, tolerance: Tolerance): Promise<void> {
  for (const { url } of world.replicas) {
    for (const [shift, status] of [
      [-TOLERANCE_MS - 10_000, 401],
      [-TOLERANCE_MS + 10_000, 200],
      [TOLERANCE_MS - 10_000, 200],
      [TOLERANCE_MS + 10_000, 401],
    ] as const) {
      const { headers, body } = sealed(saleOf(0), Date.now() + shift);
      const got = await world.sender.post(url, headers, body);
      if (got === status) tolerance.right += 1;
      else tolerance.wrong += 1;
    }
  }
}

async function allStretches(
  world: World,
  context: DrillContext,
  tolerance: Tolerance,
): Promise<void> {
  for (const [n, offsets] of STRETCHES.entries()) {
    setClocks(world.dir, offsets);
    context.say(`clocks off by ${offsets.map((ms) => `${ms / 60_000} min`).join(' and ')}`);
    // The first moments after a jump are those that count: nothing waits until it is noticed.
    await probe(world, tolerance);
    await pause(scale(context, 30_000, 9000));
    if (n > 0) await probe(world, tolerance);
  }
}

/** Sells, and watches the ledger, while the clocks are set; resolves when both have ended. */
async function underLoad(
  world: World,
  due: Map<string, number>,
  work: () => Promise<void>,
): Promise<void> {
  let going = true;
  world.partners.behave('p0', ({ nth, event }) => ({
    status: nth === 1 && event < 'g' ? 503 : 200,
    body: '',
  }));
  const order = { connections: 8, perSecond: 50, until: () => !going };
  const sending = world.sender.run({ ...order, from: 1, count: 1e6 });
  const watching = (async () => {
    for (; going; await pause(200)) await watchDueTimes(world, due);
  })();
  await work();
  going = false;
  await Promise.all([sending, watching]);
}

async function drill(world: World, context: DrillContext): Promise<Verdict> {
  await world.sender.tell(saleOf(0));
  const due = new Map<string, number>();
  const tolerance = { right: 0, wrong: 0 };
  await underLoad(world, due, () => allStretches(world, context, tolerance));
  const calm = await world.settled(120_000);
  const probes = 8 * (2 * STRETCHES.length - 1);
  const { tries, givenUp, acceptedCount } = world.sender;
  const refused = tries.filter(({ status }) => status === 401).length - probes / 2;
  const { right, wrong } = tolerance;
  return {
    checks: [
      ...wereWrong(world.dir),
      check(
        'the tolerance of signatures is kept',
        wrong === 0 && right === probes,
        `${right} of ${probes} probes`,
      ),
      check('no valid signature is refused', refused === 0 && givenUp === 0, `${refused} refused`),
      ...punctual(world.partners.lines, due, scale(context, 200, 50)),
      check('settled in 120 s', calm, calm ? 'yes' : 'no'),
      ...(await world.judge()),
    ],
    facts: { accepted: acceptedCount, probes },
  };
}

async function run(context: DrillContext): Promise<Verdict> {
  const [start] = STRETCHES;
  const envOf = (i: number) => ({
    ...preload('skewed-clock'),
    DRILL_CLOCK: clockFile(context.dir, i),
  });
  setClocks(context.dir, start);
  return withWorld(context, { envOf, replicas: 2 }, (world) => drill(world, context));
}

export const d18: Drill = {
  id: 'D18',
  title: 'clocks wrong by ±10 min, and jumping',
  bar: 'no retry early by more than 1 s or late by more than a lease, signatures judged by the store’s clock, 0 lost',
  quick: true,
  alone: true,
  run,
};
