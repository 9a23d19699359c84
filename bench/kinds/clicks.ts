import type { Connection } from '../connection.js';
import { closedLoop, openLoop, type Timings } from '../loader.js';
import { clickRequests, sealedRequests } from '../payload.js';
import type { Measured } from '../result.js';
import { accountOf, DROPPED_SECONDS, type Load } from '../scenarios.js';
import { latest, percentiles, type Percentiles } from '../stats.js';
import type { TestBed } from '../test-bed.js';
import { Usage } from '../usage.js';
import { LIMIT_MS, missingIn } from './books.js';
import { warmUp, WARM_UP } from './warm-up.js';

type Clicks = Extract<Load, { kind: 'clicks' }>;

const ACCOUNT = accountOf(0);

/** One batch and what it took. */
interface Batch {
  readonly perSecond: number;
  readonly ms: Percentiles;
  readonly missing: number;
}

function batchOf({ sent, acked }: Timings, from: number): Batch {
  const begin = sent[0] ?? Number.NaN;
  const took = Array.from(sent.subarray(from), (time, i) => (acked[from + i] ?? Number.NaN) - time);
  return {
    perSecond: Math.round((sent.length * 1000) / (latest(acked) - begin)),
    ms: percentiles(took),
    missing: missingIn(acked),
  };
}

const closed = async (connections: readonly Connection[], requests: readonly Buffer[]) =>
  batchOf(await closedLoop(connections, requests, LIMIT_MS), 0);

const rated = async (
  connections: readonly Connection[],
  requests: readonly Buffer[],
  perSecond: number,
) =>
  batchOf(
    await openLoop(connections, requests, { perSecond, limitMs: LIMIT_MS }),
    perSecond * DROPPED_SECONDS,
  );

/** A visitor may be led on before the click is stored; it must be stored soon after. */
async function storedClicks({ run }: TestBed, wanted: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    const stored = await run.db.collection('touches').countDocuments();
    if (stored >= wanted || performance.now() - began > LIMIT_MS) return stored;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const named = (name: string, { p50, p95, p99 }: Percentiles): Record<string, number> => ({
  [`${name}P50`]: p50,
  [`${name}P95`]: p95,
  [`${name}P99`]: p99,
});

interface Batches {
  readonly inClosed: Batch;
  readonly clicksClosed: Batch;
  readonly inOpen: Batch;
  readonly clicksOpen: Batch;
  /** Of the closed loop of clicks. */
  readonly used: ReturnType<Usage['end']>;
}

async function loadAll(bed: TestBed, { perSecond, seconds }: Clicks): Promise<Batches> {
  const { events } = bed.order;
  const inRate = perSecond * seconds;
  const server = await bed.start('all');
  const connections = await bed.connect(server);
  await warmUp(bed, connections, sealedRequests(ACCOUNT, 0, WARM_UP), 0);
  await closedLoop(connections, clickRequests(WARM_UP), LIMIT_MS);
  const inClosed = await closed(connections, sealedRequests(ACCOUNT, WARM_UP, events));
  const usage = new Usage([server], bed.stores);
  const clicksClosed = await closed(connections, clickRequests(events));
  const used = usage.end(events);
  const rest = sealedRequests(ACCOUNT, WARM_UP + events, inRate);
  const inOpen = await rated(connections, rest, perSecond);
  const clicksOpen = await rated(connections, clickRequests(inRate), perSecond);
  return { inClosed, clicksClosed, inOpen, clicksOpen, used };
}

/**
 * Notifications without a route and clicks on the same server, one after the other: each as a closed loop and at a fixed
 * rate. A click's answer is its 302.
 */
export async function measureClicks(bed: TestBed, load: Clicks): Promise<Measured> {
  const { events } = bed.order;
  bed.sink.reset(WARM_UP, 0);
  const { used, ...batches } = await loadAll(bed, load);
  const { inClosed, clicksClosed, inOpen, clicksOpen } = batches;
  const wanted = WARM_UP + events + load.perSecond * load.seconds;
  const stored = await storedClicks(bed, wanted);
  const refused = Object.values(batches).reduce((sum, { missing }) => sum + missing, 0);
  return {
    faults: [
      ...(refused > 0 ? [`${refused} requests were not answered as they should`] : []),
      ...(stored === wanted ? [] : [`${stored} of ${wanted} clicks are stored`]),
    ],
    events,
    acksPerSecond: clicksClosed.perSecond,
    deliveriesPerSecond: null,
    ack: clicksOpen.ms,
    partner: null,
    ...used,
    figures: {
      ...named('in', inOpen.ms),
      ...named('closed', clicksClosed.ms),
      ...named('inClosed', inClosed.ms),
      inPerSecond: inClosed.perSecond,
    },
  };
}
