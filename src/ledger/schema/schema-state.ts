import type { Db } from '../../platform/mongo/mongo-store.js';
import { missingIndexes } from '../indexes.js';
import type { Migration, Schema } from './migrations.js';

/** A migration that was run, a row of the collection `migrations`. `_id` is its version. */
export interface MigrationDoc {
  _id: number;
  name: string;
  kind: Migration['kind'];
  at: Date;
  ms: number;
  /** Version of Waybill that ran it, and where. */
  build: string;
  holder: string;
}

/** A document of `leases` while a backup is being loaded: nothing may be read or written until it is gone. */
export const RESTORING = 'restore';

/** Why a process of this build must not work on this database. */
export const SCHEMA_REFUSALS = ['restoring', 'schema-newer', 'schema-behind', 'indexes'] as const;
export type SchemaRefusal = (typeof SCHEMA_REFUSALS)[number];

/** What the database is like, beside what this build wants. */
export interface SchemaState {
  /** Schema version of the database; 0: none is recorded. */
  readonly version: number;
  /** Schema version of this build. It reads and writes databases from one below to one above. */
  readonly build: number;
  /** Migrations of this build that were not run. */
  readonly pending: readonly Migration[];
  /** `collection.name` of indexes that are not there, or are others than this build needs. */
  readonly missing: readonly string[];
  /** Empty: this build may work on it. */
  readonly refused: readonly SchemaRefusal[];
}

const LIMIT_MS = 1000;

/** Reads the state. `indexed`: the indexes are known to be there. Throws when MongoDB is away or slower than a second. */
export async function schemaState(db: Db, schema: Schema, indexed = false): Promise<SchemaState> {
  const [rows, restoring] = await Promise.all([
    db
      .collection<MigrationDoc>('migrations')
      .find({}, { projection: { _id: 1 }, maxTimeMS: LIMIT_MS })
      .toArray(),
    db.collection<{ _id: string }>('leases').findOne({ _id: RESTORING }, { maxTimeMS: LIMIT_MS }),
  ]);
  const done = new Set(rows.map(({ _id }) => _id));
  const version = Math.max(0, ...done);
  const missing = indexed ? [] : await missingIndexes(db);
  const wrong: Readonly<Record<SchemaRefusal, boolean>> = {
    restoring: restoring !== null,
    'schema-newer': version > schema.version + 1,
    'schema-behind': version < schema.version - 1,
    indexes: missing.length > 0,
  };
  return {
    ...{ version, build: schema.version, missing },
    pending: schema.migrations.filter((one) => !done.has(one.version)),
    refused: SCHEMA_REFUSALS.filter((why) => wrong[why]),
  };
}
