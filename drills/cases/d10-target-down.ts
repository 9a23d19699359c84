import path from 'node:path';
import type { mongo } from 'mongoose';
import { DEADLINE_MS, GAPS_MS, MAX_TRIES } from '../../src/settle/schedule.js';
import { ADMIN_KEY } from '../rig/configuration.js';
import {
  check,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import type { Answer, PartnerLine, Script } from '../rig/partner.js';
import { simulated, type Simulated } from '../rig/simulated.js';

const HOUR = 3_600_000;
const OK: Answer = { status: 200, body: 'OK' };
/** Up, and says no in the way of most partners: the breaker sees a partner that works, the schedule runs. */
const NOT_YET: Answer = { status: 200, body: 'NOT YET', taken: false };
const DOWN: Answer = { status: 503, body: 'down for maintenance' };
/** Writes of one moment share it (milliseconds). */
const GRAIN_MS = 50;

/** Deliveries due within 2 % of their age share a step of the clock, but never of more than a quarter of an hour. */
const slackMs =
  (born: number) =>
  (now: number): number =>
    Math.min(Math.max((now - born) / 50, 250), 900_000);

/** Answers `before` until the clock says so, then takes everything. */
const until =
  (sim: Simulated, at: number, before: Answer): Script =>
  () =>
    sim.clock.now() < at ? before : OK;

interface Tries {
  readonly counts: readonly number[];
  /** Gaps outside their place in the schedule, in words. */
  readonly wrong: readonly string[];
  readonly gaps: number;
  /** The last try of all, milliseconds after birth. */
  readonly lastMs: number;
}

function gapFits(n: number, gap: number, age: number): boolean {
  const wanted = GAPS_MS[n - 1] ?? 0;
  const late = slackMs(0)(age) + GRAIN_MS;
  // The last try is moved to the deadline: then the gap is as long as it must be.
  if (age >= DEADLINE_MS - GRAIN_MS) return gap > 0;
  const low = n <= 3 ? 1000 : wanted * 0.8;
  const high = n <= 3 ? wanted : wanted * 1.2;
  return gap >= low - GRAIN_MS && gap <= Math.max(high, 1000) + late;
}

/** Reads the tries of each event at one partner from that partner's own file. */
function triesOf(lines: readonly PartnerLine[], partner: string, born: number): Tries {
  const byEvent = new Map<string, number[]>();
  for (const line of lines) {
    if (line.partner !== partner) continue;
    byEvent.set(line.event, [...(byEvent.get(line.event) ?? []), line.at]);
  }
  const wrong: string[] = [];
  let gaps = 0;
  let lastMs = 0;
  for (const [event, times] of byEvent) {
    for (let n = 1; n < times.length; n += 1) {
      const [before = 0, at = 0] = [times[n - 1], times[n]];
      gaps += 1;
      if (!gapFits(n, at - before, at - born))
        wrong.push(`${event.slice(0, 8)} after try ${n}: ${at - before} ms`);
    }
    lastMs = Math.max(lastMs, (times.at(-1) ?? 0) - born);
  }
  return { counts: [...byEvent.values()].map((times) => times.length), wrong, gaps, lastMs };
}

function scheduleChecks({ counts, wrong, gaps, lastMs }: Tries, events: number): readonly Check[] {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return [
    check(
      'every event was tried to the end',
      counts.length === events && least >= 17 && most <= MAX_TRIES,
      `${counts.length} of ${events} events, ${least} to ${most} tries each`,
    ),
    check(
      'gaps within the schedule ± 20 %',
      wrong.length === 0 && gaps > 0,
      `${gaps} gaps, ${wrong.length} outside ${wrong.slice(0, 3).join('; ')}`,
    ),
    check('last try within 72 h', lastMs <= DEADLINE_MS, `${(lastMs / HOUR).toFixed(4)} h`),
  ];
}

type Row = mongo.WithId<mongo.Document>;

interface LogEntry {
  readonly status?: number;
  readonly answer?: string;
  readonly request?: string;
}

/** The last try of a row, as an operator must find it: status, what the partner said, where the request went. */
function hasHistory(row: Row, excerpt: string): boolean {
  const log = (row['log'] ?? []) as readonly LogEntry[];
  const last = log.at(-1);
  const said = last?.answer?.includes(excerpt) === true && last.request !== undefined;
  return said && last?.status !== undefined;
}

/** A row that the breaker spared every try has nothing to show but the reason, and the admin API must say it. */
async function saysWhy(sim: Simulated, row: Row): Promise<boolean> {
  const response = await fetch(`${sim.gateway.url}/api/v1/deliveries/${String(row._id)}`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  });
  const { explanation } = (await response.json()) as { explanation?: { sentence?: string } };
  return explanation?.sentence?.includes('never tried') === true;
}

async function historyCheck(
  sim: Simulated,
  target: string,
  dead: readonly Row[],
  excerpt: string,
): Promise<Check> {
  const tried = dead.filter((row) => Number(row['attempts']) > 0);
  const spared = dead.filter((row) => row['attempts'] === 0);
  const told = tried.filter((row) => hasHistory(row, excerpt)).length;
  let explained = 0;
  for (const row of spared) if (await saysWhy(sim, row)) explained += 1;
  return check(
    `${target}: each with its history`,
    told === tried.length && explained === spared.length && tried.length > 0,
    `${told} of ${tried.length} with the last answer, ${explained} of ${spared.length} never tried and saying so`,
  );
}

/** Every dead row says why, holds what the partner answered last, and can be told again. */
async function deadLetters(
  sim: Simulated,
  target: string,
  excerpt: string,
): Promise<readonly Check[]> {
  const rows = await sim.db
    .collection('deliveries')
    .find({ target, replayOf: { $exists: false } })
    .toArray();
  const dead = rows.filter((row) => row['state'] === 'dead' && row['reason'] === 'deadline');
  const history = await historyCheck(sim, target, dead, excerpt);
  sim.partners.behave(target, OK);
  let replayed = 0;
  for (let i = 0; i < dead.length; i += 50) {
    const answers = await Promise.all(
      dead.slice(i, i + 50).map((row) => sim.replays.replay(String(row._id))),
    );
    replayed += answers.filter(({ ok }) => ok).length;
  }
  await sim.passUntil(sim.clock.now() + HOUR, () => 1000);
  const delivered = await sim.db
    .collection('deliveries')
    .countDocuments({ target, replayOf: { $exists: true }, state: 'delivered' });
  return [
    check(
      `${target}: dead at 73 h`,
      dead.length === rows.length && rows.length > 0,
      `${dead.length} of ${rows.length}`,
    ),
    history,
    check(
      `${target}: replays deliver`,
      delivered === dead.length && replayed === dead.length,
      `${replayed} replayed, ${delivered} delivered`,
    ),
  ];
}

async function recovered(sim: Simulated, target: string): Promise<Check> {
  const rows = sim.db.collection('deliveries');
  const [all, delivered] = [
    await rows.countDocuments({ target }),
    await rows.countDocuments({ target, state: 'delivered' }),
  ];
  return check(
    `${target}: delivered after 71 h`,
    delivered === all && all > 0,
    `${delivered} of ${all}`,
  );
}

async function noCrashes(sim: Simulated): Promise<Check> {
  const n = await sim.db.collection('deliveries').countDocuments({ crashes: { $gt: 0 } });
  return check('no claim ran out', n === 0, `${n} did`);
}

async function tellAll(sim: Simulated, count: number): Promise<number> {
  const born = sim.clock.now();
  await sim.sender.run({ from: 0, count, connections: 32 });
  await sim.quiet();
  return born;
}

/** A partner that is up and never says yes: all twenty tries, each at its time. */
async function schedule(context: DrillContext): Promise<Verdict> {
  const events = scale(context, 2500, 100);
  const settings = { success: { bodyMustMatch: 'OK' } };
  const options = {
    partners: ['later', 'never'],
    options: { later: { settings }, never: { settings } },
  };
  return simulated(
    { ...context, dir: path.join(context.dir, 'schedule') },
    options,
    async (sim) => {
      sim.partners.behave('later', until(sim, sim.clock.now() + 71 * HOUR, NOT_YET));
      sim.partners.behave('never', NOT_YET);
      const born = await tellAll(sim, events);
      const steps = await sim.passUntil(born + DEADLINE_MS, slackMs(born));
      const later = await recovered(sim, 'later');
      const tries = triesOf(sim.partners.lines, 'never', born);
      sim.clock.set(born + 73 * HOUR);
      await sim.quiet();
      const dead = await deadLetters(sim, 'never', 'NOT YET');
      const ends = ['delivered', 'dead'];
      return {
        checks: [
          later,
          ...scheduleChecks(tries, events),
          ...dead,
          await noCrashes(sim),
          ...(await sim.judge({ ends })),
        ],
        facts: {
          'requests of the schedule': sim.partners.lines.length,
          'tries per event': Number((tries.counts.reduce((a, b) => a + b, 0) / events).toFixed(2)),
          'steps of the clock': steps,
        },
      };
    },
  );
}

/** A partner that answers 503 to everything: the breaker spares it, and still nothing is lost. */
async function outage(context: DrillContext): Promise<Verdict> {
  const events = scale(context, 10_000, 400);
  return simulated(
    { ...context, dir: path.join(context.dir, 'outage') },
    { partners: ['down', 'gone'] },
    async (sim) => {
      sim.partners.behave('down', until(sim, sim.clock.now() + 71 * HOUR, DOWN));
      sim.partners.behave('gone', DOWN);
      const born = await tellAll(sim, events);
      await sim.passUntil(born + 71 * HOUR, slackMs(born));
      const asked = sim.partners.lines.filter(({ partner }) => partner === 'down').length;
      await sim.passUntil(born + DEADLINE_MS, slackMs(born));
      const down = await recovered(sim, 'down');
      await sim.passUntil(born + 73 * HOUR, () => 60_000);
      const dead = await deadLetters(sim, 'gone', 'down for maintenance');
      const ends = ['delivered', 'dead'];
      return {
        checks: [
          check('the outage was there', asked >= 20, `${asked} requests refused in 71 h`),
          down,
          ...dead,
          await noCrashes(sim),
          ...(await sim.judge({ ends })),
        ],
        facts: { 'requests during 71 h of outage, per event': Number((asked / events).toFixed(2)) },
      };
    },
  );
}

const named = (name: string, checks: readonly Check[]): readonly Check[] =>
  checks.map((one) => ({ ...one, name: `${name}: ${one.name}` }));

async function run(context: DrillContext): Promise<Verdict> {
  const first = await schedule(context);
  context.say('the schedule is done; now the outage');
  const second = await outage(context);
  return {
    checks: [...named('schedule', first.checks), ...named('outage', second.checks)],
    facts: { ...first.facts, ...second.facts },
  };
}

export const d10: Drill = {
  id: 'D10',
  title: 'target down for 71 hours, and for ever',
  bar: 'all delivered at recovery; tries within the schedule ± 20 % and 72 h; at 73 h all dead with history, and replays deliver',
  quick: true,
  run,
};
