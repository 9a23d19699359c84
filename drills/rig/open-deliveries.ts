import type { mongo } from 'mongoose';

/** Deliveries (`event|target`) that match. */
export async function pairsOf(db: mongo.Db, filter: mongo.Document): Promise<readonly string[]> {
  const rows = await db
    .collection('deliveries')
    .find(filter, { projection: { event: 1, target: 1 } })
    .toArray();
  return rows.map((row) => `${String(row['event'])}|${String(row['target'])}`);
}

/** Deliveries that are not final. */
export const openPairs = (db: mongo.Db): Promise<readonly string[]> =>
  pairsOf(db, { wakeAt: { $exists: true } });
