import type { DrillContext } from './drill.js';
import { World, type WorldOptions } from './world.js';

/** Runs `work` in a world of its own and ends that world whatever happens. */
export async function withWorld<T>(
  context: DrillContext,
  options: WorldOptions,
  work: (world: World) => Promise<T>,
): Promise<T> {
  const world = await World.start(context, options);
  try {
    return await work(world);
  } finally {
    await world.stop();
  }
}
