import { openLoop } from '../loader.js';
import { sealedRequests } from '../payload.js';
import type { Measured } from '../result.js';
import { accountOf, type Load } from '../scenarios.js';
import type { BenchStores } from '../stores.js';
import type { TestBed } from '../test-bed.js';
import { Usage } from '../usage.js';
import { faultsOf, LIMIT_MS, missingIn, settled } from './books.js';
import { latencies } from './latencies.js';
import { warmUp, WARM_UP } from './warm-up.js';

type NoRedis = Extract<Load, { kind: 'no-redis' }>;

async function killLater(stores: BenchStores, ms: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  const killedAt = performance.now();
  await stores.killRedis();
  return killedAt;
}

/** Acknowledgements of the events that were due after redis-server died. It comes back when the load is over. */
export async function measureWithoutRedis(bed: TestBed, load: NoRedis): Promise<Measured> {
  const { perSecond, aliveSeconds, seconds } = load;
  const { sink, stores } = bed;
  const events = perSecond * (aliveSeconds + seconds);
  const server = await bed.start('all');
  const connections = await bed.connect(server);
  sink.reset(WARM_UP + events, 1);
  const all = sealedRequests(accountOf(1), 0, WARM_UP + events);
  await warmUp(bed, connections, all.slice(0, WARM_UP), events);
  const usage = new Usage([server], stores);
  const rate = { perSecond, limitMs: LIMIT_MS };
  const [timings, killedAt] = await Promise.all([
    openLoop(connections, all.slice(WARM_UP), rate),
    killLater(stores, aliveSeconds * 1000),
  ]);
  const used = usage.end(events);
  const awaiting = missingIn(sink.times(0));
  await stores.restartRedis();
  const back = performance.now();
  await sink.until(0, LIMIT_MS);
  const caughtUpMs = Math.round(performance.now() - back);
  await settled(bed);
  const from = timings.sent.findIndex((time) => time >= killedAt);
  const asked = timings.acked.subarray(from);
  return {
    faults: await faultsOf(bed, { acked: timings.acked, before: WARM_UP }),
    events: asked.length,
    acksPerSecond: perSecond,
    deliveriesPerSecond: null,
    ...latencies(sink, timings, { from, first: WARM_UP, targets: 1 }),
    ...used,
    figures: { refused: missingIn(asked), awaiting, caughtUpMs },
  };
}
