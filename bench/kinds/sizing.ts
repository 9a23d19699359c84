import type { mongo } from 'mongoose';
import type { Measured } from '../result.js';
import type { TestBed } from '../test-bed.js';
import { loadServers } from './steady.js';
import { WARM_UP } from './warm-up.js';

/** How often Redis is asked for its memory. */
const LOOK_MS = 100;
const COLLECTIONS = ['receipts', 'events', 'deliveries'] as const;

/** What a collection occupies on disk, bytes; free pages inside its file left out. */
async function sizeOf(db: mongo.Db, name: string): Promise<{ data: number; indexes: number }> {
  const [found] = await db
    .collection(name)
    .aggregate<{
      storageStats: { storageSize: number; freeStorageSize: number; totalIndexSize: number };
    }>([{ $collStats: { storageStats: {} } }])
    .toArray();
  if (!found) throw new Error(`${name} has no size`);
  const { storageSize, freeStorageSize, totalIndexSize } = found.storageStats;
  return { data: storageSize - freeStorageSize, indexes: totalIndexSize };
}

/** A closed loop, then the bytes that each event left behind: on disk by collection, in Redis at the greatest moment. */
export async function measureSizing(bed: TestBed): Promise<Measured> {
  const server = await bed.start('all');
  let redisPeak = 0;
  const look = setInterval(() => {
    void bed.stores.redisBytes().then((bytes) => (redisPeak = Math.max(redisPeak, bytes)));
  }, LOOK_MS);
  const measured = await loadServers(bed, [server], { kind: 'closed' }).finally(() =>
    clearInterval(look),
  );
  await bed.stores.checkpoint();
  const events = measured.events + WARM_UP;
  const figures: Record<string, number> = {};
  let [data, indexes] = [0, 0];
  for (const name of COLLECTIONS) {
    const size = await sizeOf(bed.run.db, name);
    figures[name] = Math.round((size.data + size.indexes) / events);
    data += size.data;
    indexes += size.indexes;
  }
  return {
    ...measured,
    figures: {
      ...figures,
      data: Math.round(data / events),
      indexes: Math.round(indexes / events),
      redisPeakKiB: Math.round(redisPeak / 1024),
    },
  };
}
