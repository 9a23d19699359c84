import { openLoop, type Timings } from '../loader.js';
import { sealedRequests } from '../payload.js';
import type { Measured } from '../result.js';
import { accountOf, type Load } from '../scenarios.js';
import type { ServerProcess } from '../server-process.js';
import { latest } from '../stats.js';
import type { TestBed } from '../test-bed.js';
import { Usage } from '../usage.js';
import { booksOf, isMissing, LIMIT_MS, settled } from './books.js';
import { latencies } from './latencies.js';
import { warmUp, WARM_UP } from './warm-up.js';

type Crash = Extract<Load, { kind: 'crash' }>;

interface Died {
  readonly timings: Timings;
  /** Numbers of the events that were accepted and had not arrived. */
  readonly pending: readonly number[];
  readonly accepted: readonly number[];
  readonly killedAt: number;
}

/** Sends until the server is killed in the middle of it. */
async function killUnderLoad(bed: TestBed, server: ServerProcess, load: Crash): Promise<Died> {
  const { sink } = bed;
  const connections = await bed.connect(server);
  const { perSecond, seconds } = load;
  // More than can be sent until then: the load must not end before the server does.
  const events = perSecond * (seconds + 5);
  const all = sealedRequests(accountOf(1), 0, WARM_UP + events);
  sink.reset(WARM_UP + events, 1);
  await warmUp(bed, connections, all.slice(0, WARM_UP), events);
  sink.behave({ delayMs: () => load.answerMs });
  const rate = { perSecond, limitMs: LIMIT_MS, forgiving: true };
  const loading = openLoop(connections, all.slice(WARM_UP), rate);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  await server.kill();
  const killedAt = performance.now();
  const timings = await loading;
  const accepted = [...timings.acked.keys()]
    .filter((i) => !isMissing(timings.acked[i] ?? Number.NaN))
    .map((i) => WARM_UP + i);
  const times = sink.times(0);
  const pending = accepted.filter((event) => isMissing(times[event] ?? Number.NaN));
  return { timings, accepted, pending, killedAt };
}

async function arrived(bed: TestBed, events: readonly number[]): Promise<void> {
  const times = bed.sink.times(0);
  const began = performance.now();
  while (events.some((event) => isMissing(times[event] ?? Number.NaN))) {
    if (performance.now() - began > LIMIT_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function faultsOf(bed: TestBed, { accepted }: Died, lost: number): Promise<string[]> {
  const books = await booksOf(bed);
  const least = WARM_UP + accepted.length;
  return [
    ...(lost > 0 ? [`${lost} accepted events never arrived`] : []),
    // An event that was stored but not answered is in the ledger, too, and is delivered.
    ...(books.events < least ? [`the ledger has ${books.events} of ${least} events`] : []),
    ...(books.delivered === books.events
      ? []
      : [`${books.delivered} of ${books.events} deliveries are on record`]),
  ];
}

/**
 * `kill -9` under load, one second of nothing, and a new process on the same stores: what was accepted and had not
 * arrived, when it comes, and what comes twice.
 */
export async function measureCrash(bed: TestBed, load: Crash): Promise<Measured> {
  const died = await killUnderLoad(bed, await bed.start('all'), load);
  const { timings, pending } = died;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const restarted = performance.now();
  const server = await bed.start('all');
  const usage = new Usage([server], bed.stores);
  await arrived(bed, pending);
  await settled(bed);
  const used = usage.end(pending.length);
  const times = bed.sink.times(0);
  const after = Float64Array.from(pending, (event) => (times[event] ?? Number.NaN) - restarted);
  const lost = after.filter(isMissing).length;
  return {
    faults: await faultsOf(bed, died, lost),
    events: died.accepted.length,
    acksPerSecond: load.perSecond,
    deliveriesPerSecond: null,
    ...latencies(bed.sink, timings, { from: 0, first: WARM_UP, targets: 1 }),
    partner: null,
    ...used,
    figures: {
      pending: pending.length,
      lost,
      firstMs: -latest(after.map((ms) => -ms)),
      lastMs: latest(after),
      repeats: bed.sink.repeats,
    },
  };
}
