import type { mongo } from 'mongoose';
import type { DeliveryDoc } from '../documents.js';
import type { Migration } from './migrations.js';

const BATCH = 500;

/** What rows written by the next version carry, and what its migration writes into older ones. */
export const NEXT_FIELD = 'next';

/**
 * The expand migration of the version that a drill of rolling upgrades plays: a new field with an index, filled in while
 * both versions read and write the same rows. Never part of a production process.
 */
export const nextMigration = (version: number): Migration => ({
  version,
  name: 'drill-next-version',
  kind: 'expand',
  up: async ({ db, alive }) => {
    const rows = db.collection('deliveries');
    await rows.createIndex(
      { [NEXT_FIELD]: 1 },
      { name: NEXT_FIELD, partialFilterExpression: { [NEXT_FIELD]: { $exists: true } } },
    );
    const old: mongo.Filter<mongo.Document> = { [NEXT_FIELD]: { $exists: false } };
    for (;;) {
      await alive();
      const some = await rows
        .find(old, { projection: { _id: 1 } })
        .limit(BATCH)
        .toArray();
      if (some.length === 0) return;
      const ids = some.map(({ _id }) => _id);
      await rows.updateMany({ ...old, _id: { $in: ids } }, { $set: { [NEXT_FIELD]: 'filled-in' } });
      // Rows of the version before go on coming in without it; readers of the next one accept both.
      if (some.length < BATCH) return;
    }
  },
});

/** What that version does to a row that it writes. */
export const stampNext = (row: DeliveryDoc): void => {
  Object.assign(row, { [NEXT_FIELD]: 'born-with-it' });
};
