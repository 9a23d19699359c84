import { withLease, type HeldLock } from '../../platform/mongo/lease-lock.js';
import type { Db } from '../../platform/mongo/mongo-store.js';
import { createIndexes } from '../indexes.js';
import type { Migration, Schema } from './migrations.js';
import { schemaState, type MigrationDoc, type SchemaState } from './schema-state.js';

/** Name of the lock under which indexes are made, migrations run and backups are loaded. */
export const MIGRATION_LOCK = 'migration';

/** The database is not one that this build may migrate. */
export class SchemaError extends Error {
  constructor(
    readonly code: 'WB_SCHEMA_NEWER' | 'WB_RESTORE_UNFINISHED' | 'WB_MIGRATION_FAILED',
    message: string,
    cause?: unknown,
  ) {
    super(`${code}: ${message}`, { cause });
  }
}

export interface MigrateOptions {
  readonly schema: Schema;
  /** Version of Waybill, kept on the row. */
  readonly build: string;
  readonly holder: string;
  readonly waitMs?: number;
  readonly onWait?: (holder: string) => void;
  /** One line for each thing done, as it is done. */
  readonly say?: (line: string) => void;
  readonly leaseMs?: number;
}

/** What a run did. */
export interface MigrationReport {
  /** Schema version of the database before and after. */
  readonly from: number;
  readonly to: number;
  /** `collection.name` of the indexes made. */
  readonly indexes: readonly string[];
  readonly migrations: readonly {
    readonly version: number;
    readonly name: string;
    readonly ms: number;
  }[];
}

/**
 * Makes the indexes that are missing, then runs the migrations that were not run, in order, under a lock: of two at once
 * one waits and then finds nothing to do. Where nothing is missing the lock is not even asked for. A run that dies is taken
 * up by the next one.
 * @throws SchemaError, LockLostError, and what MongoDB says while it is away.
 */
export async function migrate(db: Db, options: MigrateOptions): Promise<MigrationReport> {
  const before = await stateFor(db, options.schema);
  if (isDone(before))
    return { from: before.version, to: before.version, indexes: [], migrations: [] };
  return withLease(db, MIGRATION_LOCK, options, (lock) => migrateLocked(db, lock, options));
}

/** The same for whoever holds the lock already. */
export async function migrateLocked(
  db: Db,
  lock: HeldLock,
  options: MigrateOptions,
): Promise<MigrationReport> {
  // Whoever had the lock before may have done it all.
  const { version: from, missing, pending } = await stateFor(db, options.schema);
  const indexes: string[] = [];
  if (missing.length > 0) {
    const made = (names: readonly string[]): Promise<void> => {
      for (const name of names) options.say?.(`index ${name}`);
      indexes.push(...names);
      return lock.renew();
    };
    await failing('the indexes', () => createIndexes(db, new Set(missing), made));
  }
  const migrations: { version: number; name: string; ms: number }[] = [];
  for (const one of pending) migrations.push(await runOne(db, lock, one, options));
  const to = Math.max(from, ...migrations.map(({ version }) => version));
  return { from, to, indexes, migrations };
}

const isDone = ({ missing, pending }: SchemaState): boolean =>
  missing.length === 0 && pending.length === 0;

async function stateFor(db: Db, schema: Schema): Promise<SchemaState> {
  const state = await schemaState(db, schema);
  if (state.refused.includes('restoring')) {
    throw new SchemaError(
      'WB_RESTORE_UNFINISHED',
      'a backup is being loaded, or its loading was cut off',
    );
  }
  if (state.refused.includes('schema-newer')) {
    const what = `the database has schema version ${state.version}, this build knows ${state.build}`;
    throw new SchemaError('WB_SCHEMA_NEWER', what);
  }
  return state;
}

async function runOne(
  db: Db,
  lock: HeldLock,
  { version, name, kind, up }: Migration,
  { build, holder, say }: MigrateOptions,
): Promise<{ version: number; name: string; ms: number }> {
  const began = performance.now();
  await lock.renew();
  await failing(`migration ${version} (${name})`, () => up({ db, alive: () => lock.renew() }));
  await lock.renew();
  const ms = Math.round(performance.now() - began);
  const row: MigrationDoc = { _id: version, name, kind, at: new Date(), ms, build, holder };
  await db
    .collection<MigrationDoc>('migrations')
    .replaceOne({ _id: version }, row, { upsert: true });
  say?.(`migration ${version} ${name} (${kind}, ${ms} ms)`);
  return { version, name, ms };
}

/** A fault of the step itself gets a name; one of the connection stays what it is, since trying again helps. */
async function failing(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { name, code, message } = error as { name?: string; code?: unknown; message?: string };
    const server = name === 'MongoServerError' && code !== 91 && code !== 11_600 && code !== 189;
    if (!server) throw error;
    throw new SchemaError('WB_MIGRATION_FAILED', `${what}: ${message ?? 'unknown'}`, error);
  }
}
