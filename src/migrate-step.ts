import { migrate, SchemaError, type MigrationReport } from './ledger/schema/migrate.js';
import { schemaOptions } from './ledger/schema/schema-options.js';
import { schemaState, type SchemaState } from './ledger/schema/schema-state.js';
import type { MigrateOrder, ProcessConfig } from './platform/config/index.js';
import { LockLostError } from './platform/mongo/lease-lock.js';
import { openDatabase, type OpenDatabase } from './platform/mongo/open-database.js';
import type { Db } from './platform/mongo/mongo-store.js';

/** Exit codes of `--migrate` and `--status`, for scripts (docs/operations.md). */
export const MIGRATE_EXIT = { done: 0, failed: 1, locked: 3, pending: 4, refused: 5 } as const;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function tellState({ version, build, pending, missing, refused }: SchemaState): void {
  print(`schema version of the database: ${version}`);
  print(
    `schema version of this build: ${build} (it works with ${Math.max(0, build - 1)} to ${build + 1})`,
  );
  for (const name of missing) print(`missing index: ${name}`);
  for (const { version: number, name, kind } of pending)
    print(`to run: ${number} ${name} (${kind})`);
  print(
    refused.length === 0 ? 'a gateway of this build may run' : `refused: ${refused.join(', ')}`,
  );
}

/** What `--status` says, and its exit code. */
async function look(db: Db, config: ProcessConfig, json: boolean): Promise<number> {
  const state = await schemaState(db, schemaOptions(config).schema);
  const { refused, pending, missing } = state;
  const names = pending.map(({ version, name, kind }) => ({ version, name, kind }));
  if (json) print(JSON.stringify({ ...state, pending: names }));
  else tellState(state);
  if (refused.includes('schema-newer') || refused.includes('restoring'))
    return MIGRATE_EXIT.refused;
  return pending.length + missing.length > 0 ? MIGRATE_EXIT.pending : MIGRATE_EXIT.done;
}

function tellReport({ from, to, indexes, migrations }: MigrationReport): void {
  const nothing = indexes.length + migrations.length === 0;
  print(nothing ? `nothing to do: schema version ${to}` : `done: schema version ${from} to ${to}`);
}

async function run(db: Db, config: ProcessConfig, { json, waitMs }: MigrateOrder): Promise<number> {
  const report = await migrate(db, {
    ...schemaOptions(config),
    waitMs,
    ...(json ? {} : { say: print, onWait: (holder) => print(`waiting for ${holder}`) }),
  });
  if (json) print(JSON.stringify(report));
  else tellReport(report);
  return MIGRATE_EXIT.done;
}

const codeFor = (error: SchemaError | LockLostError): number =>
  error instanceof LockLostError
    ? MIGRATE_EXIT.locked
    : error.code === 'WB_MIGRATION_FAILED'
      ? MIGRATE_EXIT.failed
      : MIGRATE_EXIT.refused;

/** A database that is still starting is waited for, as another process that migrates is. */
async function patiently(uri: string, waitMs: number): Promise<OpenDatabase> {
  const began = performance.now();
  for (;;) {
    try {
      return await openDatabase(uri);
    } catch (error) {
      if (performance.now() - began >= waitMs) throw error;
      process.stderr.write('MongoDB is away; trying again\n');
    }
  }
}

/** `--migrate` or `--status` on the database given. Resolves with the exit code; rejects with what MongoDB says. */
export async function migrateStep(
  uri: string,
  config: ProcessConfig,
  order: MigrateOrder,
): Promise<number> {
  const { db, close } = await patiently(uri, order.waitMs);
  try {
    return order.status ? await look(db, config, order.json) : await run(db, config, order);
  } catch (error) {
    if (!(error instanceof SchemaError) && !(error instanceof LockLostError)) throw error;
    const text = error instanceof LockLostError ? `${error.code}: ${error.message}` : error.message;
    process.stderr.write(`${text}\n`);
    return codeFor(error);
  } finally {
    await close();
  }
}
