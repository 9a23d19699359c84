import { openLoop } from '../loader.js';
import { sealedRequests } from '../payload.js';
import type { Measured } from '../result.js';
import {
  accountOf,
  DROPPED_SECONDS,
  HANGING_ACCOUNT,
  HANGING_TARGET,
  type Load,
} from '../scenarios.js';
import type { TestBed } from '../test-bed.js';
import { Usage } from '../usage.js';
import { booksOf, LIMIT_MS, missingIn } from './books.js';
import { latencies } from './latencies.js';
import { warmUp, WARM_UP } from './warm-up.js';

type Hanging = Extract<Load, { kind: 'hanging' }>;

/** Who is late by so much is shown with the time until then: a lower bound. */
const PATIENCE_MS = 5_000;

/** Arrival is no matter of faults here: who comes late is what the scenario is about. */
async function faultsOf(bed: TestBed, acked: readonly Float64Array[]): Promise<string[]> {
  const refused = acked.reduce((sum, one) => sum + missingIn(one), 0);
  const events = acked.reduce((sum, one) => sum + one.length, WARM_UP) - refused;
  const books = await booksOf(bed);
  return [
    ...(refused > 0 ? [`${refused} events were not accepted`] : []),
    ...(books.events === events ? [] : [`the ledger has ${books.events} of ${events} events`]),
  ];
}

/**
 * The healthy partner's latency, first alone and then beside one that hangs, on the same server. What the hanging one
 * still waits for in the end is not waited for.
 */
export async function measureHanging(bed: TestBed, load: Hanging): Promise<Measured> {
  const { perSecond, hangMs } = load;
  const { sink } = bed;
  const alone = perSecond * load.baseSeconds;
  const beside = perSecond * load.seconds;
  const server = await bed.start('all');
  const connections = await bed.connect(server);
  sink.reset(WARM_UP + alone + beside, 1, {
    ignored: HANGING_TARGET,
    delayMs: (target) => (target === HANGING_TARGET ? hangMs : 0),
  });
  const first = sealedRequests(accountOf(1), 0, WARM_UP + alone);
  await warmUp(bed, connections, first.slice(0, WARM_UP), alone + beside);
  const rate = { perSecond, limitMs: LIMIT_MS };
  const base = await openLoop(connections, first.slice(WARM_UP), rate);
  await sink.until(beside, PATIENCE_MS);
  const usage = new Usage([server], bed.stores);
  const requests = sealedRequests(HANGING_ACCOUNT, WARM_UP + alone, beside);
  const timings = await openLoop(connections, requests, rate);
  await sink.until(0, PATIENCE_MS);
  const used = usage.end(beside);
  const from = perSecond * DROPPED_SECONDS;
  const counted = { from, targets: 1, otherwise: performance.now() };
  const own = latencies(sink, base, { ...counted, first: WARM_UP }).partner;
  return {
    faults: await faultsOf(bed, [base.acked, timings.acked]),
    events: beside,
    acksPerSecond: perSecond,
    deliveriesPerSecond: null,
    ...latencies(sink, timings, { ...counted, first: WARM_UP + alone }),
    ...used,
    figures: {
      aloneP50: own?.p50 ?? Number.NaN,
      aloneP99: own?.p99 ?? Number.NaN,
      late: missingIn(sink.times(0)),
    },
  };
}
