import type { Connection } from '../connection.js';
import { closedLoop, openLoop, type Timings } from '../loader.js';
import { sealedRequests } from '../payload.js';
import type { Measured } from '../result.js';
import { accountOf, DROPPED_SECONDS, type Load } from '../scenarios.js';
import type { ServerProcess } from '../server-process.js';
import { latest } from '../stats.js';
import type { TestBed } from '../test-bed.js';
import { Usage } from '../usage.js';
import type { Books } from '../variants.js';
import { faultsOf, LIMIT_MS, settled } from './books.js';
import { latencies } from './latencies.js';
import { warmUp, WARM_UP } from './warm-up.js';

type Steady = Extract<Load, { kind: 'closed' | 'rate' }>;

/** What was there before, in a database that is used more than once. */
export interface History {
  readonly base: Books;
  readonly series: string;
}

const load = (
  steady: Steady,
  connections: readonly Connection[],
  requests: readonly Buffer[],
): Promise<Timings> =>
  steady.kind === 'rate'
    ? openLoop(connections, requests, { perSecond: steady.perSecond, limitMs: LIMIT_MS })
    : closedLoop(connections, requests, LIMIT_MS);

/** Servers that are up: warms them up, loads the first one, and waits for the last outcome. */
export async function loadServers(
  bed: TestBed,
  servers: readonly ServerProcess[],
  steady: Steady,
  history?: History,
): Promise<Measured> {
  const { sink, order } = bed;
  const { targets } = order.scenario;
  const events = steady.kind === 'rate' ? steady.perSecond * steady.seconds : order.events;
  sink.reset(WARM_UP + events, targets);
  const all = sealedRequests(accountOf(targets), 0, WARM_UP + events, history?.series);
  const [door] = servers;
  const connections = door ? await bed.connect(door) : [];
  await warmUp(bed, connections, all.slice(0, WARM_UP), events);
  const usage = new Usage(servers, bed.stores);
  const began = performance.now();
  const timings = await load(steady, connections, all.slice(WARM_UP));
  await sink.until(0, LIMIT_MS);
  await settled(bed);
  const seconds = (performance.now() - began) / 1000;
  const used = usage.end(events);
  const from = steady.kind === 'rate' ? steady.perSecond * DROPPED_SECONDS : 0;
  const expected = { acked: timings.acked, before: WARM_UP };
  return {
    faults: await faultsOf(bed, history ? { ...expected, base: history.base } : expected),
    events,
    acksPerSecond: Math.round((events * 1000) / (latest(timings.acked) - began)),
    deliveriesPerSecond: targets > 0 ? Math.round((events * targets) / seconds) : null,
    ...latencies(sink, timings, { from, first: WARM_UP, targets }),
    ...used,
    figures: {},
  };
}

/** A closed loop or a fixed rate on one server, or on one process that takes requests and one that delivers. */
export async function measureSteady(bed: TestBed, steady: Steady): Promise<Measured> {
  const { split } = bed.order.scenario;
  const door = await bed.start(split ? 'api' : 'all');
  const servers = split ? [door, await bed.start('worker')] : [door];
  return loadServers(bed, servers, steady);
}
