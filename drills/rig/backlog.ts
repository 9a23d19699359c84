import type { mongo } from 'mongoose';
import { deliveryId } from '../../src/platform/ids/ids.js';

const CHUNK = 2000;

/**
 * Puts `count` due deliveries of one account into the ledger, each with an event of its own: copies of the one that the
 * account has there already.
 */
export async function fillBacklog(db: mongo.Db, account: string, count: number): Promise<void> {
  const events = db.collection('events');
  const rows = db.collection('deliveries');
  const event = await events.findOne({ 'source.account': account });
  const row = await rows.findOne({ account });
  if (!event || !row) throw new Error(`${account} has nothing to copy`);
  const { settledAt: _settled, log: _log, ...born } = row;
  const target = String(row['target']);
  const due = new Date();
  for (let from = 0; from < count; from += CHUNK) {
    const ids = Array.from(
      { length: Math.min(CHUNK, count - from) },
      (_, i) => `backlog${String(from + i).padStart(8, '0')}`,
    );
    const options = { ordered: false, writeConcern: { w: 1 } } as const;
    await events.insertMany(
      ids.map((id) => ({ ...event, _id: id as never })),
      options,
    );
    await rows.insertMany(
      ids.map((id) => ({
        ...born,
        ...{
          _id: deliveryId(id, target) as never,
          event: id,
          state: 'due',
          wakeAt: due,
          at: due,
          attempts: 0,
        },
      })),
      options,
    );
  }
}
