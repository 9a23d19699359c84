import type { Connection } from '../connection.js';
import { closedLoop } from '../loader.js';
import type { TestBed } from '../test-bed.js';
import { LIMIT_MS, missingIn, settled } from './books.js';

/** Events before the clock starts: code gets compiled, pools filled, collections made. */
export const WARM_UP = 3_000;
const WARM_UP_MS = 30_000;

/**
 * Sends `requests` and waits until all are delivered; `after` more events are expected later. Throws when the server
 * does not even carry this through: nothing measured afterwards would mean anything.
 */
export async function warmUp(
  bed: TestBed,
  connections: readonly Connection[],
  requests: readonly Buffer[],
  after: number,
): Promise<void> {
  const { acked } = await closedLoop(connections, requests, LIMIT_MS);
  const refused = missingIn(acked);
  if (refused > 0) throw new Error(`warm-up: ${refused} of ${acked.length} events not accepted`);
  if (!(await bed.sink.until(after * bed.order.scenario.targets, WARM_UP_MS))) {
    throw new Error('warm-up: not every event arrived at the partner');
  }
  await settled(bed);
}
