import { measureClicks } from './kinds/clicks.js';
import { measureCrash } from './kinds/crash.js';
import { measureDrain } from './kinds/drain.js';
import { measureGrown } from './kinds/grown.js';
import { measureHanging } from './kinds/hanging.js';
import { measureWithoutRedis } from './kinds/no-redis.js';
import { measureSizing } from './kinds/sizing.js';
import { measureSteady } from './kinds/steady.js';
import type { Measured, RunResult } from './result.js';
import type { Sink } from './sink.js';
import type { BenchStores } from './stores.js';
import { TestBed, type RunOrder } from './test-bed.js';

function measure(bed: TestBed): Promise<Measured> {
  const { load } = bed.order.scenario;
  switch (load.kind) {
    case 'closed':
    case 'rate':
      return measureSteady(bed, load);
    case 'hanging':
      return measureHanging(bed, load);
    case 'no-redis':
      return measureWithoutRedis(bed, load);
    case 'clicks':
      return measureClicks(bed, load);
    case 'crash':
      return measureCrash(bed, load);
    case 'drain':
      return measureDrain(bed, load);
    case 'grown':
      return measureGrown(bed, load);
    case 'sizing':
      return measureSizing(bed);
  }
}

/** A ledger that takes minutes to fill serves every round; the others are new for each. */
const KEPT_FROM = 500_000;

function keptName({ scenario: { load } }: RunOrder): string | undefined {
  return load.kind === 'grown' && load.documents >= KEPT_FROM ? String(load.documents) : undefined;
}

/** Starts one server, loads it, checks the books, and leaves nothing behind. */
export async function runOnce(
  order: RunOrder,
  stores: BenchStores,
  sink: Sink,
): Promise<RunResult> {
  const bed = await TestBed.open(order, stores, sink, keptName(order));
  const { scenario, variant, round } = order;
  try {
    const measured = await measure(bed);
    return {
      scenario: scenario.name,
      variant: variant.name,
      round,
      ...measured,
      startMs: bed.startMs,
      repeats: sink.repeats,
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : 'unknown'}\n${bed.said()}`, {
      cause: error,
    });
  } finally {
    await bed.close();
  }
}
