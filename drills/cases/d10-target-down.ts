import path from 'node:path';
import { DEADLINE_MS } from '../../src/settle/schedule.js';
import { deadLetters } from '../rig/dead-letters.js';
import {
  check,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import type { Answer, Script } from '../rig/partner.js';
import { scheduleChecks, slackMs, triesOf } from '../rig/schedule-tries.js';
import { simulated, type Simulated } from '../rig/simulated.js';

const HOUR = 3_600_000;
const OK: Answer = { status: 200, body: 'OK' };
/** Up, and says no in the way of most partners: the breaker sees a partner that works, the schedule runs. */
const NOT_YET: Answer = { status: 200, body: 'NOT YET', taken: false };
const DOWN: Answer = { status: 503, body: 'down for maintenance' };
/** Answers `before` until the clock says so, then takes everything. */
const until =
  (sim: Simulated, at: number, before: Answer): Script =>
  () =>
    sim.clock.now() < at ? before : OK;

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
