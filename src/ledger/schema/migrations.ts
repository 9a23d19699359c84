import { playsNextVersion } from '../../platform/fault/next-schema.js';
import type { Db } from '../../platform/mongo/mongo-store.js';
import { nextMigration } from './next-migration.js';

/** What a migration gets. */
export interface MigrationContext {
  readonly db: Db;
  /** Throws when the lock is no longer ours. To be called between batches. */
  readonly alive: () => Promise<void>;
}

/**
 * One numbered step from a schema version to the next.
 *
 * `expand` adds (fields, collections, indexes, copies) and leaves everything that the version before reads and writes as
 * it is. `contract` takes away what no version from its number minus one on reads or writes: it comes at least one version
 * after the expand that replaced it. So two neighbouring versions always run side by side, and the newer one can be rolled
 * back. Every step may be cut off anywhere and run again.
 */
export interface Migration {
  /** 1, 2, 3 … without a gap. */
  readonly version: number;
  readonly name: string;
  readonly kind: 'expand' | 'contract';
  readonly up: (context: MigrationContext) => Promise<void>;
}

/** The migrations that a build knows; its schema version is the number of the last one. */
export interface Schema {
  readonly version: number;
  readonly migrations: readonly Migration[];
}

/** All migrations of this build. A released one is never changed: what has to be put right is a new one. */
export const MIGRATIONS: readonly Migration[] = [
  // The first version has its indexes (`INDEXES`) and nothing to convert; databases older than this list are of it, too.
  { version: 1, name: 'first-version', kind: 'expand', up: () => Promise.resolve() },
];

/** The schema of this build, or, in a drill, of the one after it. `fault`: the setting `WAYBILL_FAULT`. */
export function schemaOf(fault: string | null): Schema {
  const version = MIGRATIONS.length;
  if (!playsNextVersion(fault)) return { version, migrations: MIGRATIONS };
  const next = version + 1;
  return { version: next, migrations: [...MIGRATIONS, nextMigration(next)] };
}
