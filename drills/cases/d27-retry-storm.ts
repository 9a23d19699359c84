import path from 'node:path';
import {
  check,
  scale,
  waitFor,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import {
  accepted,
  countedOnce,
  nothingInvented,
  repeatsExplained,
  settled,
} from '../rig/oracles.js';
import type { PartnerLine } from '../rig/partner.js';
import { idealDrainS } from '../rig/ramp-ideal.js';
import { Sender } from '../rig/sender.js';
import { SIGNING_SECRET } from '../rig/telling.js';
import { timeEnv, warped, type WarpedTime } from '../rig/time-env.js';
import { peakOf, requestsIn, type WireLine } from '../rig/wire-times.js';
import { withWorld } from '../rig/with-world.js';
import type { World } from '../rig/world.js';

const CAPACITY = 50;
const PEAK = 60;
const RAMP_S = 120;
const OUTAGE_MS = 30 * 60_000;
/** The gateways live so many times as fast as this machine; a stall of the machine looks as many times as long to them. */
const [FULL_FACTOR, QUICK_FACTOR] = [2, 5];
const RETRY_AFTER_S = 120;
/** All replicas have heard of a Retry-After by then: they ask each other every two seconds. */
const HEARD_MS = 3000;
/** Numbers of the sales of the second account. */
const POLITE = 500_000;

const settingsOf = (url: string, name: string): object => ({
  method: 'GET',
  url: `${url}/${name}/p?cid={click_id}&eid={event_id}&txid={order_id}&et={event_type}&amt={amount}`,
});

const yaml = (url: string): string =>
  JSON.stringify({
    accounts: ['shop', 'polite'].map((id) => ({
      id,
      source: 'stripe',
      credentials: { signingSecret: SIGNING_SECRET },
    })),
    targets: [
      { id: 'p0', target: 'postback', settings: settingsOf(url, 'p0'), ratePerSecond: CAPACITY },
      { id: 'p1', target: 'postback', settings: settingsOf(url, 'p1') },
    ],
    routes: [
      { from: 'shop', to: ['p0'] },
      { from: 'polite', to: ['p1'] },
    ],
  });

/** Requests that came although the partner had asked to be left alone. */
function disobeyed(lines: readonly PartnerLine[]): {
  readonly asked: number;
  readonly broken: number;
} {
  let [asked, broken, since, until] = [0, 0, 0, 0];
  for (const { at, status } of lines) {
    if (at < until && at > since + HEARD_MS) broken += 1;
    if (status !== 429) continue;
    asked += 1;
    if (at >= until) since = at;
    // The header is in whole seconds of the answer's own moment.
    until = Math.max(until, at + RETRY_AFTER_S * 1000 - 100);
  }
  return { asked, broken };
}

/** Every request that the partner heard was written by a gateway; those after its return are not too many at a time. */
function peakChecks(
  written: readonly WireLine[],
  heard: readonly PartnerLine[],
  back: number,
): readonly Check[] {
  const peak = peakOf(written.filter(({ at }) => at >= back));
  return [
    check(`peak ≤ ${PEAK}/s after its return`, peak <= PEAK, `${peak} written in a second`),
    check(
      'every request is on record',
      written.length >= heard.length && heard.length > 0,
      `${written.length} written, ${heard.length} heard`,
    ),
  ];
}

function stormChecks(lines: readonly PartnerLine[], rows: number): readonly Check[] {
  const p0 = lines.filter(({ partner }) => partner === 'p0');
  const failed = p0.filter(({ status }) => status === 503);
  const taken = p0.filter(({ status }) => status === 200).map(({ at }) => at);
  const first = taken[0] ?? Number.NaN;
  const drainS = ((taken.at(-1) ?? Number.NaN) - first) / 1000;
  const ideal = idealDrainS(rows, CAPACITY, RAMP_S);
  const { asked, broken } = disobeyed(lines.filter(({ partner }) => partner === 'p1'));
  return [
    check('the partner was down', failed.length >= 10, `${failed.length} requests refused`),
    check(
      'drained in 1.2 × ideal',
      drainS < 1.2 * ideal,
      `${drainS.toFixed(0)} s, ideal ${ideal.toFixed(0)} s`,
    ),
    check(
      'Retry-After obeyed',
      broken === 0 && asked > 0,
      `${asked} times asked, ${broken} requests too early`,
    ),
  ];
}

/** The first failures, then half an hour in one leap, then the partners are back. Returns when that was. */
async function outage(
  world: World,
  time: { now: () => number; leap: () => void },
  rows: number,
): Promise<number> {
  world.partners.behave('p0', { status: 503 });
  world.partners.behave('p1', { status: 429, headers: { 'retry-after': String(RETRY_AFTER_S) } });
  const polite = new Sender(world.dir, () => world.nextUrl(), '/in/stripe/polite', time.now);
  await polite.run({ from: POLITE, count: 200, connections: 16 });
  await polite.close();
  await world.sender.run({ from: 0, count: rows, connections: 64 });
  // Until the breaker has opened, and the one who asked politely was asked again.
  await waitFor(() => world.partners.lines.length > 10, 10_000);
  for (const replica of world.replicas) replica.signal('SIGUSR2');
  time.leap();
  world.partners.behave('p0', { status: 200, body: 'OK' });
  world.partners.behave('p1', { status: 200, body: 'OK' });
  return time.now();
}

async function run(context: DrillContext): Promise<Verdict> {
  const rows = scale(context, 20_000, 1000);
  const factor = scale(context, FULL_FACTOR, QUICK_FACTOR);
  let time: WarpedTime = { factor, shiftMs: 0, epoch: Date.now() };
  const now = (): number => warped(time, Date.now());
  const leap = (): void => {
    time = { ...time, shiftMs: time.shiftMs + OUTAGE_MS };
  };
  const env = { ...timeEnv(context.root, time), DRILL_JUMP_MS: String(OUTAGE_MS) };
  const entry = 'dist/drills/rig/warped-gateway.js';
  return withWorld(context, { partners: ['p0', 'p1'], yaml, now, env, entry }, async (world) => {
    const back = await outage(world, { now, leap }, rows);
    context.say(`${rows} rows wait; the partner is back, by a clock ${factor} times as fast`);
    const limit = (2 * idealDrainS(rows, CAPACITY, RAMP_S) * 1000) / factor;
    const calm = await world.reached(['p0', 'p1'], limit + 60_000);
    const evidence = await world.evidence();
    const lines = evidence.partners.toSorted((a, b) => a.at - b.at);
    const p0 = lines.filter(({ partner }) => partner === 'p0');
    const dirs = world.replicas.map(({ log }) => path.dirname(log));
    const written = requestsIn(dirs).filter(({ partner }) => partner === 'p0');
    const heard = peakOf(p0.filter(({ at }) => at >= back));
    return {
      checks: [
        check('settled', calm, calm ? 'yes' : 'no'),
        ...stormChecks(lines, rows),
        ...peakChecks(written, p0, back),
        accepted(evidence),
        settled(evidence, { targets: [] }),
        countedOnce(evidence),
        repeatsExplained(evidence, { targets: [] }),
        nothingInvented(evidence),
        world.leaks(),
      ],
      facts: { rows, 'clock factor': factor, 'heard in a second': heard },
    };
  });
}

export const d27: Drill = {
  id: 'D27',
  title: 'retry storm: a partner with a capacity of 50/s comes back after 30 minutes',
  bar: `peak ≤ ${PEAK}/s; drained in less than 1.2 × the ideal time with its ramp; Retry-After obeyed`,
  quick: true,
  alone: true,
  run,
};
