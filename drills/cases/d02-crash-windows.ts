import path from 'node:path';
import { CRASH_WINDOWS, type CrashWindow } from '../rig/crash-windows.js';
import {
  check,
  scale,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import { crashIn, type Crash } from '../rig/crash-in.js';
import { Programme } from '../rig/programme.js';
import { SIGNING_SECRET } from '../rig/telling.js';
import { withWorld } from '../rig/with-world.js';
import type { World, WorldOptions } from '../rig/world.js';

/** The lease of 60 s, a sweep, and what a sweep takes. */
const RECOVERY_S = 75;
/** Passages of a point before it kills, at most. */
const PASSAGES = 8;

/** A plain postback and a programme that is asked before anything is sent again. */
const yaml = (url: string): string =>
  JSON.stringify({
    accounts: [{ id: 'shop', source: 'stripe', credentials: { signingSecret: SIGNING_SECRET } }],
    targets: [
      {
        id: 'p0',
        target: 'postback',
        settings: {
          url: `${url}/p0/p?cid={click_id}&eid={event_id}&txid={order_id}&et={event_type}&amt={amount}`,
        },
      },
      {
        id: 'programme',
        target: 'tapfiliate',
        settings: { apiKey: 'key-of-the-drill', baseUrl: `${url}/programme/1.6/` },
      },
    ],
    routes: [{ from: 'shop', to: ['p0', 'programme'] }],
  });

function optionsFor(window: CrashWindow, context: DrillContext): WorldOptions {
  const nth = 1 + context.random.whole(scale(context, PASSAGES, 3));
  const once = window.point === undefined ? {} : { WAYBILL_FAULT: `${window.point}:${nth}` };
  return { replicas: 1, partners: ['p0', 'programme'], yaml, once };
}

/** Yes to the first and to every fifth after it: more would open the breaker, which is another drill. */
function everyFifth(): () => boolean {
  let asked = 0;
  return () => asked++ % 5 === 0;
}

function prepare(world: World, { stumbles, partnerMs }: CrashWindow): Programme {
  const late = partnerMs === undefined ? {} : { afterMs: partnerMs };
  const programme = new Programme(stumbles ? { stumbles: everyFifth(), ...late } : late);
  world.partners.speak('programme', programme.speaker);
  const fails = stumbles ? everyFifth() : () => false;
  world.partners.behave('p0', ({ nth }) => ({ status: nth === 1 && fails() ? 500 : 200, ...late }));
  return programme;
}

async function through(window: CrashWindow, context: DrillContext, events: number): Promise<Check> {
  const name = nameOf(window);
  return withWorld(context, optionsFor(window, context), async (world) => {
    const programme = prepare(world, window);
    const crash: Crash = await crashIn(world, window, events);
    await world.replica(0).start();
    const began = performance.now();
    await crash.sent;
    const calm = await world.settled(RECOVERY_S * 1000 + 60_000);
    const seconds = (performance.now() - began) / 1000;
    const judged = await world.judge();
    const bad = [
      ...judged.filter(({ ok }) => !ok).map((one) => `${one.name}: ${one.detail}`),
      ...(crash.hit ? [] : [`the window was not hit: ${crash.proof}`]),
      ...(calm && seconds <= RECOVERY_S ? [] : ['too late']),
      ...(programme.again === 0 ? [] : [`${programme.again} created twice without asking`]),
      ...(world.sender.acceptedCount >= events ? [] : [`${world.sender.acceptedCount} accepted`]),
    ];
    context.say(`${name}: ${bad.length === 0 ? 'good' : 'BAD'} after ${seconds.toFixed(0)} s`);
    const seen = `${crash.proof}; ${events} sales, settled ${seconds.toFixed(1)} s after it was ready again, ${programme.asked} look-ups`;
    return check(name, bad.length === 0, [seen, ...bad].join('; '));
  });
}

const nameOf = ({ id, name }: CrashWindow): string => `${id} ${name}`;
const wait = ({ minute }: CrashWindow): number => (minute === true ? 1 : 0);

async function run(context: DrillContext): Promise<Verdict> {
  const events = scale(context, 200, 20);
  // Those that wait for a minute go first, so that the short ones fill up the time beside them.
  const queue = [...CRASH_WINDOWS.entries()].sort(([, a], [, b]) => wait(b) - wait(a));
  const checks: Check[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [i, window] = next;
      const own = {
        dir: path.join(context.dir, `${window.id}-${i}`),
        random: context.random.fork(`${i}`),
      };
      // A window that could not be drilled is red; the others are told all the same.
      checks[i] = await through(window, { ...context, ...own }, events).catch((error: unknown) =>
        check(nameOf(window), false, String(error).slice(0, 300)),
      );
    }
  };
  // Nearly all of the time is waiting for leases to end, so windows are drilled side by side.
  await Promise.all(Array.from({ length: scale(context, 4, 7) }, work));
  return { checks, facts: { windows: checks.length, 'sales each': events } };
}

export const d02: Drill = {
  id: 'D2',
  title: 'kill -9 in every crash window',
  bar: `0 lost, nothing created twice; settled ≤ ${RECOVERY_S} s after the restart`,
  quick: true,
  run,
};
