import { closedLoop } from '../loader.js';
import { sealedRequests } from '../payload.js';
import type { Measured } from '../result.js';
import { accountOf, type Load } from '../scenarios.js';
import { latest } from '../stats.js';
import type { TestBed } from '../test-bed.js';
import { Usage } from '../usage.js';
import { faultsOf, LIMIT_MS, settled } from './books.js';
import { latencies } from './latencies.js';

type Drain = Extract<Load, { kind: 'drain' }>;

/** A partner that hangs for 20 s is an error of its own. */
const HELD_LIMIT_MS = 15_000;

/**
 * A process without delivery takes all events; then workers start, and their first requests hang until all of them are
 * up. The clock runs from the moment when the partner answers.
 */
export async function measureDrain(bed: TestBed, { rows, workers }: Drain): Promise<Measured> {
  const { sink } = bed;
  sink.reset(rows, 1, { delayMs: () => Number.POSITIVE_INFINITY });
  const door = await bed.start('api');
  const connections = await bed.connect(door);
  const timings = await closedLoop(connections, sealedRequests(accountOf(1), 0, rows), LIMIT_MS);
  await door.stop();
  const asked = performance.now();
  const servers = await Promise.all(Array.from({ length: workers }, () => bed.start('worker')));
  const heldMs = performance.now() - asked;
  const usage = new Usage(servers, bed.stores);
  const began = performance.now();
  sink.release();
  await sink.until(0, LIMIT_MS);
  await settled(bed);
  const seconds = (performance.now() - began) / 1000;
  const used = usage.end(rows);
  const faults = await faultsOf(bed, { acked: timings.acked, before: 0 });
  if (heldMs > HELD_LIMIT_MS) faults.push(`the workers took ${Math.round(heldMs)} ms to start`);
  return {
    faults,
    events: rows,
    acksPerSecond: Math.round((rows * 1000) / (latest(timings.acked) - (timings.sent[0] ?? 0))),
    deliveriesPerSecond: Math.round(rows / seconds),
    ...latencies(sink, timings, { from: 0, first: 0, targets: 1 }),
    partner: null,
    ...used,
    figures: { drainMs: Math.round(seconds * 1000), workers },
  };
}
