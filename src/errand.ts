import path from 'node:path';
import { ConfigError, loadProcessConfig, type ProcessConfig } from './platform/config/index.js';
import { startEmbeddedStores, StoreError } from './platform/embedded/index.js';
import { ArchiveError } from './platform/archive/archive-error.js';
import { SchemaError } from './ledger/schema/migrate.js';
import { LockLostError } from './platform/mongo/lease-lock.js';
import { openDatabase, type OpenDatabase } from './platform/mongo/open-database.js';

/** A command line that cannot be read; the usage follows it on the screen. */
export class UsageError extends Error {}

const KNOWN = [ConfigError, StoreError, ArchiveError, SchemaError, UsageError];

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof LockLostError) return `${error.code}: ${error.message}`;
  return KNOWN.some((kind) => error instanceof kind) ? error.message : (error.stack ?? error.name);
}

/**
 * Runs a program that does one thing with the database and ends: the one that `MONGODB_URI` names, or the embedded one,
 * which is started for it and stopped behind it. `read` takes its words and throws `UsageError`.
 * Sets the exit code: 0, or 1 with the reason on standard error.
 */
export async function errand<T>(
  usage: string,
  read: (args: readonly string[]) => T,
  work: (open: OpenDatabase, order: T, config: ProcessConfig) => Promise<void>,
): Promise<void> {
  try {
    const order = read(process.argv.slice(2));
    const config = loadProcessConfig(forOneStore(process.env));
    const stores = await startEmbeddedStores({
      ...{ dataDir: path.resolve(config.dataDir), env: process.env, onlyMongo: true },
    });
    try {
      const open = await openDatabase(stores.mongodbUri);
      try {
        await work(open, order, config);
      } finally {
        await open.close();
      }
    } finally {
      await stores.stop();
    }
  } catch (error) {
    process.stderr.write(`${textOf(error)}\n${error instanceof UsageError ? `${usage}\n` : ''}`);
    process.exitCode = 1;
  }
}

/** Redis has no part in it, and need not be named. */
const forOneStore = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  REDIS_URL: env['REDIS_URL'] ?? 'redis://127.0.0.1:6379',
});
