import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { openAll, type Connection } from './connection.js';
import { closedLoop, openLoop, type Timings } from './loader.js';
import { sealedRequests } from './payload.js';
import { cpuSeconds, RssMeter } from './process-meter.js';
import { accountOf, DROPPED_SECONDS, type Scenario } from './scenarios.js';
import { freePort, ServerProcess } from './server-process.js';
import type { Sink } from './sink.js';
import { latest, percentiles, type Percentiles } from './stats.js';
import type { BenchStores, RunStores } from './stores.js';
import type { Variant } from './variants.js';

/** Events before the clock starts: code gets compiled, pools filled, collections made. */
export const WARM_UP = 3_000;
const LIMIT_MS = 120_000;
const WARM_UP_MS = 30_000;

/** One server, one scenario, one round. Times in milliseconds, CPU in microseconds, memory in MiB. */
export interface RunResult {
  readonly scenario: string;
  readonly variant: string;
  readonly round: number;
  /** Why the figures must not be used; empty when everything that was accepted arrived and is in the books. */
  readonly faults: readonly string[];
  readonly events: number;
  readonly acksPerSecond: number;
  /** Sent, arrived and settled; null without a partner. */
  readonly deliveriesPerSecond: number | null;
  readonly ack: Percentiles;
  /** From the (scheduled) send of the notification to its arrival at the partner. */
  readonly partner: Percentiles | null;
  readonly cpuServer: number;
  /** Server and stores, without loader and sink. */
  readonly cpuStack: number;
  readonly rss: number;
  readonly startMs: number;
  readonly repeats: number;
}

export interface RunOrder {
  readonly scenario: Scenario;
  readonly variant: Variant;
  readonly round: number;
  readonly events: number;
  readonly connections: number;
  readonly profile: string | undefined;
}

interface Bench {
  readonly order: RunOrder;
  readonly run: RunStores;
  readonly server: ServerProcess;
  readonly sink: Sink;
  readonly connections: readonly Connection[];
}

const isMissing = (time: number): boolean => Number.isNaN(time);

/** Events of the measured part. */
export const eventsOf = ({ scenario: { load }, events }: RunOrder): number =>
  load.kind === 'rate' ? load.perSecond * load.seconds : events;

/** Waits for the last outcome to be in the database; the poll costs one look-up in an index per 10 ms. */
async function settled({ order, run }: Bench): Promise<void> {
  const began = performance.now();
  while (await order.variant.unsettled(run.db, order.scenario.targets)) {
    if (performance.now() - began > LIMIT_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Throws when the server does not even carry this through: nothing measured afterwards would mean anything. */
async function warmUp(bench: Bench, requests: readonly Buffer[], after: number): Promise<void> {
  const { acked } = await closedLoop(bench.connections, requests, LIMIT_MS);
  const refused = acked.filter(isMissing).length;
  if (refused > 0) throw new Error(`warm-up: ${refused} of ${acked.length} events not accepted`);
  const left = after * bench.order.scenario.targets;
  if (!(await bench.sink.until(left, WARM_UP_MS))) {
    throw new Error('warm-up: not every event arrived at the partner');
  }
  await settled(bench);
}

const load = ({ order, connections }: Bench, requests: readonly Buffer[]): Promise<Timings> =>
  order.scenario.load.kind === 'rate'
    ? openLoop(connections, requests, order.scenario.load.perSecond, LIMIT_MS)
    : closedLoop(connections, requests, LIMIT_MS);

/** What does not add up between what was accepted, what arrived and what the database says. */
async function faultsOf({ order, run, sink }: Bench, timings: Timings): Promise<string[]> {
  const faults: string[] = [];
  const { targets } = order.scenario;
  const refused = timings.acked.filter(isMissing).length;
  if (refused > 0) faults.push(`${refused} events were not accepted`);
  for (let target = 0; target < targets; target += 1) {
    const lost = sink.times(target).filter(isMissing).length;
    if (lost > 0) faults.push(`${lost} events never arrived at partner ${target}`);
  }
  if (sink.strays > 0) faults.push(`${sink.strays} requests to the partner were not readable`);
  const events = WARM_UP + timings.acked.length - refused;
  const books = await order.variant.books(run.db, targets);
  if (books.events !== events) faults.push(`the ledger has ${books.events} of ${events} events`);
  if (books.delivered !== events * targets) {
    faults.push(`${books.delivered} of ${events * targets} deliveries are on record`);
  }
  return faults;
}

/** First event of the measured part that counts. */
const countsFrom = ({ load: given }: Scenario): number =>
  given.kind === 'rate' ? given.perSecond * DROPPED_SECONDS : 0;

function latencies({ order, sink }: Bench, { sent, acked }: Timings) {
  const from = countsFrom(order.scenario);
  const since = (times: Float64Array, shift: number): number[] =>
    Array.from(sent.subarray(from), (time, i) => (times[shift + from + i] ?? Number.NaN) - time);
  const atPartners = Array.from({ length: order.scenario.targets }, (_, target) =>
    since(sink.times(target), WARM_UP),
  ).flat();
  return {
    ack: percentiles(since(acked, 0)),
    partner: atPartners.length > 0 ? percentiles(atPartners) : null,
  };
}

async function measure(bench: Bench, stores: readonly number[]): Promise<RunResult> {
  const { order, server, sink } = bench;
  const { scenario, variant, round } = order;
  const events = eventsOf(order);
  const account = accountOf(scenario.targets);
  sink.reset(WARM_UP + events, scenario.targets);
  const all = sealedRequests(account, 0, WARM_UP + events);
  await warmUp(bench, all.slice(0, WARM_UP), events);
  const cpu = (): [number, number] => [
    cpuSeconds(server.pid),
    stores.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
  ];
  const rss = new RssMeter(server.pid);
  const before = cpu();
  const began = performance.now();
  const timings = await load(bench, all.slice(WARM_UP));
  await sink.until(0, LIMIT_MS);
  await settled(bench);
  const seconds = (performance.now() - began) / 1000;
  const after = cpu();
  const perEvent = (used: number): number => Math.round((used * 1e6) / events);
  const used = after.map((value, i) => value - (before[i] ?? 0));
  return {
    scenario: scenario.name,
    variant: variant.name,
    round,
    faults: await faultsOf(bench, timings),
    events,
    acksPerSecond: Math.round((events * 1000) / (latest(timings.acked) - began)),
    deliveriesPerSecond:
      scenario.targets > 0 ? Math.round((events * scenario.targets) / seconds) : null,
    ...latencies(bench, timings),
    cpuServer: perEvent(used[0] ?? Number.NaN),
    cpuStack: perEvent((used[0] ?? Number.NaN) + (used[1] ?? Number.NaN)),
    rss: Math.round(rss.stop()),
    startMs: server.startMs,
    repeats: sink.repeats,
  };
}

/** Starts one server on a fresh database, loads it, checks the books, and leaves nothing behind. */
export async function runOnce(
  order: RunOrder,
  stores: BenchStores,
  sink: Sink,
): Promise<RunResult> {
  const run = await stores.forRun();
  const dir = await mkdtemp(path.join(stores.dir, 'run-'));
  const port = await freePort();
  const { file } = order.variant;
  const { mongodbUri, redisUrl } = run;
  const place = { port, mongodbUri, redisUrl, sinkUrl: sink.url, dir };
  const env = await order.variant.prepare(place);
  const server = await ServerProcess.start({ file, port, env, dir, profile: order.profile });
  let connections: readonly Connection[] = [];
  try {
    connections = await openAll(port, order.connections);
    return await measure({ order, run, server, sink, connections }, stores.pids);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : 'unknown'}\n${server.said()}`, {
      cause: error,
    });
  } finally {
    for (const connection of connections) connection.close();
    await server.stop();
    await run.drop();
    await rm(dir, { recursive: true, force: true });
  }
}
