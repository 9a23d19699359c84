import type { CrashWindow } from './crash-windows.js';
import { pause, waitFor } from './drill.js';
import { FailPoint, type Strike } from './fail-point.js';
import { flushRedis } from './redis-harm.js';
import type { World } from './world.js';

/** A process that died in its window. */
export interface Crash {
  readonly hit: boolean;
  /** What shows that it died there, in numbers. */
  readonly proof: string;
  /** Resolves when the network has told everything. */
  readonly sent: Promise<void>;
}

const HIT_MS = 60_000;
/** InterruptedAtShutdown would pause the driver's pool; ShutdownInProgress is as final and simpler to read in a log. */
const REFUSAL = 91;

/** Tellings that are never told again: what was half kept of them only the gateway itself can mend. */
const ORPHANS = 5;

/** Sends `events` sales, and sees to it that the one gateway dies in the window. */
export async function crashIn(world: World, window: CrashWindow, events: number): Promise<Crash> {
  if (window.store === 'refuses-rows') return halved(world, events);
  if (window.store === 'refuses-outcomes') return unsettled(world, events);
  const sent = send(world, 0, events);
  const replica = world.replica(0);
  const died = await waitFor(() => !replica.running, HIT_MS, 20);
  if (!died) await world.crash(0);
  else await world.noteCrash(window.name);
  const how = String(await replica.ended);
  const left: Record<string, number> = {};
  if (window.flush) left['keys flushed'] = (await flushRedis(world.stores)).keys;
  if (window.stumbles) left['rows in retry'] = await rowsIn(world, 'retry');
  const hit = died && how === 'SIGKILL' && Object.values(left).every((n) => n > 0);
  const shown = Object.entries(left).map(([what, n]) => `${n} ${what}`);
  return { hit, proof: [died ? how : 'still alive', ...shown].join(', '), sent };
}

const rowsIn = (world: World, state: string): Promise<number> =>
  world.stores.db.collection('deliveries').countDocuments({ state });

/** The network goes on through the crash: it tries again until it is told yes. */
const send = (world: World, from: number, count: number): Promise<void> =>
  world.sender.run({ from, count, connections: 8, perSecond: 40, tries: 60 });

/** The process dies while the insert of the rows is on its way, and that insert comes to nothing. */
async function halved(world: World, events: number): Promise<Crash> {
  const { stores, sender } = world;
  const rows = await strikeOn(world, {
    failCommands: ['insert'],
    namespace: 'waybill.deliveries',
    ...{ blockConnection: true, blockTimeMS: 3000, errorCode: REFUSAL },
  });
  const orphans = sender.run({ from: 0, count: ORPHANS, connections: ORPHANS, tries: 1 });
  const count = (name: string): Promise<number> => stores.db.collection(name).countDocuments();
  await waitFor(async () => (await count('events')) >= ORPHANS, HIT_MS, 20);
  await world.crash(0);
  await orphans;
  // The insert that was blocked must have come to its end before the failpoint goes.
  await pause(3500);
  const struck = await rows.off();
  const [kept, made] = [await count('events'), await count('deliveries')];
  return {
    hit: struck > 0 && kept >= ORPHANS && made === 0,
    proof: `${kept} events kept, ${made} rows, ${struck} inserts refused`,
    sent: send(world, ORPHANS, events),
  };
}

/** The partners have answered, the outcomes cannot be written, and the process dies over it. */
async function unsettled(world: World, events: number): Promise<Crash> {
  const { partners } = world;
  const sent = send(world, 0, events);
  await waitFor(() => new Set(partners.lines.map(({ partner }) => partner)).size === 2, HIT_MS, 20);
  const outcomes = await strikeOn(world, {
    failCommands: ['update'],
    namespace: 'waybill.deliveries',
    errorCode: REFUSAL,
  });
  await pause(2000);
  await world.crash(0);
  const struck = await outcomes.off();
  const open = await rowsIn(world, 'sending');
  return {
    hit: struck > 0 && open > 0,
    proof: `${struck} updates refused, ${open} rows still claimed`,
    sent,
  };
}

async function strikeOn(world: World, strike: Strike): Promise<FailPoint> {
  const point = new FailPoint(world.stores.client);
  await point.on('alwaysOn', strike);
  return point;
}
