import type { Drill } from './rig/drill.js';
import type { DrillResult } from './result.js';

/**
 * First the drills that may share the machine, `lanes` at a time; then those that measure times, one by one. Results
 * come back in the order of the list.
 */
export async function inLanes(
  drills: readonly Drill[],
  lanes: number,
  run: (drill: Drill) => Promise<DrillResult>,
): Promise<readonly DrillResult[]> {
  const results = new Map<Drill, DrillResult>();
  const work = async (queue: Drill[]): Promise<void> => {
    for (let drill = queue.shift(); drill; drill = queue.shift()) {
      results.set(drill, await run(drill));
    }
  };
  const shared = drills.filter(({ alone }) => alone !== true);
  await Promise.all(Array.from({ length: lanes }, () => work(shared)));
  await work(drills.filter(({ alone }) => alone === true));
  return drills.flatMap((drill) => results.get(drill) ?? []);
}
