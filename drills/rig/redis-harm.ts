import { pause } from './drill.js';
import type { DrillStores } from './stores.js';

/** What a Redis was before it was harmed. */
export interface Harmed {
  /** New at every start of redis-server. */
  readonly runId: string;
  readonly keys: number;
}

/** kill -9, `downMs` of nothing, start on the same port. */
export async function killRedis(stores: DrillStores, downMs: number): Promise<Harmed> {
  const harmed = await look(stores);
  await stores.redis.kill('SIGKILL');
  await pause(downMs);
  await stores.redis.restart();
  return harmed;
}

/** FLUSHALL; the keys are counted in the same transaction. */
export async function flushRedis(stores: DrillStores): Promise<Harmed> {
  const { runId } = await look(stores);
  const answers = await stores.withRedis((redis) => redis.multi().dbsize().flushall().exec());
  return { runId, keys: Number(answers?.[0]?.[1] ?? 0) };
}

export function look(stores: DrillStores): Promise<Harmed> {
  return stores.withRedis(async (redis) => ({
    runId: field(await redis.info('server'), 'run_id'),
    keys: await redis.dbsize(),
  }));
}

/** A field of an answer to INFO; '' when it is not there. */
export const field = (info: string, name: string): string =>
  new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? '';

/** Distinct processes among what was harmed, the one that runs now included. */
export async function livesOf(stores: DrillStores, harmed: readonly Harmed[]): Promise<number> {
  const now = await look(stores);
  return new Set([...harmed, now].map(({ runId }) => runId)).size;
}
