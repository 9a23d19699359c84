import { readFileSync } from 'node:fs';
import { MAX_CRASHES } from '../../src/deliver/suspects.js';
import {
  check,
  scale,
  waitFor,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import type { Evidence } from '../rig/evidence.js';
import { Keeper } from '../rig/keeper.js';
import {
  accepted,
  countedOnce,
  nothingInvented,
  plannedOnce,
  repeatsExplained,
  settled,
  sums,
} from '../rig/oracles.js';
import { KINDS, writePoisonPlugin, type Kind } from '../rig/poison-plugin.js';
import {
  BLOCK_MS,
  marksOf,
  noteBlocks,
  numberOf,
  othersSettled,
  poisonRows,
  spoilEvent,
  TARGETS,
  UNLOADABLE,
  yamlOf,
  type Row,
} from '../rig/poison-world.js';
import { Sender } from '../rig/sender.js';
import { saleOf } from '../rig/telling.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

/**
 * A quarantine takes the lease of birth (30 s) and two more (60 s each); the last try waits for its turn, and for a process
 * whose loop does not stand still (90 s).
 */
const QUARANTINE_MS = 300_000;

const stateOf = (row: Row | undefined): string =>
  row === undefined
    ? 'no row'
    : `${String(row['state'])} (${String(row['reason'])}), ${String(row['crashes'])} crashes`;

/** A plugin that throws or answers nonsense: an outcome at once, for a person to see. */
function refusedOnce(kind: Kind, row: Row | undefined, entered: number): Check {
  const ok = row?.['state'] === 'refused' && entered === 1;
  return check(`${kind}: refused at once`, ok, `${stateOf(row)}, entered ${entered} times`);
}

/** After three crashes out of circulation; entered no more often than that. */
function quarantined(target: string, row: Row | undefined, entered: number): Check {
  const dead = row?.['state'] === 'dead' && row['reason'] === 'poison';
  const often = entered <= MAX_CRASHES;
  return check(
    `${target}: in quarantine`,
    dead && often,
    `${stateOf(row)}, entered ${entered} times`,
  );
}

/** A quick run need not see the third crash: each one is counted, and the next try waits. */
function waits(target: string, row: Row | undefined, entered: number): Check {
  const crashes = Number(row?.['crashes'] ?? 0);
  const open = row?.['settledAt'] === undefined && crashes < MAX_CRASHES;
  const ok = crashes >= 1 && (open || row?.['reason'] === 'poison');
  return check(
    `${target}: crashes are counted, no hot loop`,
    ok && entered <= MAX_CRASHES,
    `${stateOf(row)}, entered ${entered} times`,
  );
}

/** Everything but the poisoned deliveries must be as if they were not there. */
function others(evidence: Evidence, rows: ReadonlyMap<string, Row>): readonly Check[] {
  const poison = new Set([...rows].map(([target, row]) => `${String(row['event'])}|${target}`));
  const ids = new Set([...rows.values()].map(({ _id }) => String(_id)));
  const clean = {
    ...evidence,
    deliveries: evidence.deliveries.filter(({ id }) => !ids.has(id)),
    // The spoilt event was told once while it was sound, and that counts.
    partners: evidence.partners.filter(
      ({ event, partner }) => partner === UNLOADABLE || !poison.has(`${event}|${partner}`),
    ),
  };
  return [
    accepted(evidence),
    plannedOnce(evidence, { targets: TARGETS }),
    settled(clean, { targets: TARGETS }),
    countedOnce(clean),
    repeatsExplained(clean, { targets: TARGETS }),
    nothingInvented(clean),
    sums(clean, { targets: TARGETS }),
  ];
}

const alerts = (world: World): number =>
  world.replicas
    .map(({ log }) => readFileSync(log, 'utf8').split('WB_DELIVERY_POISON').length - 1)
    .reduce((sum, n) => sum + n, 0);

/** What only a full run has the time for. */
function fullChecks(
  world: World,
  keeper: Keeper,
  blocking: Row | undefined,
  entered: number,
): readonly Check[] {
  const told = alerts(world);
  const { silentMs } = keeper;
  return [
    quarantined('blocks', blocking, entered),
    check('a loop stood still', silentMs >= BLOCK_MS / 2, `${silentMs} ms without an answer`),
    check('each quarantine is an alert', told >= 3, `${told} of 3`),
  ];
}

interface Told {
  readonly keeper: Keeper;
  readonly spoilt: boolean;
  readonly ends: boolean;
}

async function verdict(context: DrillContext, world: World, told: Told): Promise<Verdict> {
  const { keeper, spoilt, ends } = told;
  const marks = marksOf(context.dir);
  const entered = (kind: Kind): number => marks.filter((mark) => mark.kind === kind).length;
  const rows = await poisonRows(world);
  const judged = context.quick ? waits : quarantined;
  const lasting = [
    judged('aborts', rows.get('aborts'), entered('aborts')),
    judged(UNLOADABLE, rows.get(UNLOADABLE), 0),
    ...(context.quick ? [] : fullChecks(world, keeper, rows.get('blocks'), entered('blocks'))),
  ];
  const deaths = entered('aborts');
  return {
    checks: [
      check('the poison was taken', spoilt && marks.length >= 3, `${marks.length} entries`),
      check(
        'processes died of it',
        keeper.deaths === deaths && deaths >= 1,
        `${keeper.deaths} deaths, ${deaths} entries`,
      ),
      check('all poison came to rest', ends, ends ? 'yes' : 'no'),
      refusedOnce('throws', rows.get('throws'), entered('throws')),
      refusedOnce('never', rows.get('never'), entered('never')),
      ...lasting,
      ...others(await world.evidence(), rows),
      world.leaks(),
    ],
    facts: { deaths: keeper.deaths, 'silent ms': keeper.silentMs },
  };
}

/** Final; in a quick run a first crash is enough. */
const rested = (row: Row | undefined, quick: boolean): boolean =>
  row?.['settledAt'] !== undefined || (quick && Number(row?.['crashes'] ?? 0) > 0);

/** Tells the poison into a stream of sound sales, and waits until it has come to rest. */
async function poisoned(context: DrillContext, world: World): Promise<Verdict> {
  const keeper = new Keeper(world);
  const sender = new Sender(world.dir, () => keeper.nextUrl());
  let over = false;
  try {
    const spoilt = await spoilEvent(world, sender);
    const noting = noteBlocks(world, context.dir, () => over);
    // In a quick run nothing sound is on its way any more when the process dies a second time.
    const end = Date.now() + scale(context, QUARANTINE_MS, 12_000);
    const stream = sender.run({
      from: 0,
      count: 10_000,
      connections: 32,
      perSecond: 20,
      until: () => over || Date.now() > end,
    });
    const kinds = context.quick ? KINDS.filter((kind) => kind !== 'blocks') : KINDS;
    for (const kind of kinds) await sender.tell(saleOf(numberOf(kind)));
    // A quick run sees a first crash and what it leaves; a quarantine takes three leases.
    const ends = await waitFor(
      async () => {
        const rows = await poisonRows(world);
        return [...kinds, UNLOADABLE].every((target) => rested(rows.get(target), context.quick));
      },
      scale(context, QUARANTINE_MS, 50_000),
      1000,
    );
    over = true;
    await Promise.all([stream, noting]);
    // What a dead or blocked process held is heard again at the end of its lease.
    const calm = await othersSettled(world, 100_000);
    await keeper.stop();
    return await verdict(context, world, { keeper, spoilt, ends: ends && calm });
  } finally {
    over = true;
    await keeper.stop();
    await sender.close();
  }
}

async function run(context: DrillContext): Promise<Verdict> {
  const options = {
    replicas: 3,
    partners: TARGETS,
    yaml: yamlOf(context.dir),
    env: { WAYBILL_PLUGINS: writePoisonPlugin(context.dir) },
  };
  return withWorld(context, options, (world) => poisoned(context, world));
}

export const d35: Drill = {
  id: 'D35',
  title:
    'poison deliveries: code that throws, hangs, blocks or kills; an event that cannot be read',
  bar: 'the others are unaffected; in quarantine after 3 crashes, with an alert; never a hot loop',
  quick: true,
  run,
};
