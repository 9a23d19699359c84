import type { Log } from '../../platform/log/log.js';
import type { MongoStore } from '../../platform/mongo/mongo-store.js';
import type { Ledger } from '../ledger.js';
import { migrate, SchemaError, type MigrateOptions } from './migrate.js';
import { schemaState, type SchemaRefusal, type SchemaState } from './schema-state.js';

export interface SchemaGateParts {
  readonly mongo: MongoStore;
  readonly ledger: Ledger;
  readonly log: Log;
  /** `auto`: this process makes what is missing; `manual`: it waits until somebody did. */
  readonly mode: 'auto' | 'manual';
  readonly options: Pick<MigrateOptions, 'schema' | 'build' | 'holder'>;
}

const CODES: Readonly<Record<SchemaRefusal, string>> = {
  restoring: 'WB_RESTORE_UNFINISHED',
  'schema-newer': 'WB_SCHEMA_NEWER',
  'schema-behind': 'WB_SCHEMA_BEHIND',
  indexes: 'WB_SCHEMA_BEHIND',
};

/** What to do about a refusal, for the log and the health call. */
export const SCHEMA_ADVICE: Readonly<Record<SchemaRefusal, string>> = {
  restoring:
    'A backup is being loaded into this database, or its loading was cut off: run the restore again.',
  'schema-newer':
    'The database was migrated by a version that this one cannot work beside: start that version, or the one before it.',
  'schema-behind': 'The database is older than this version can read: run `npm run migrate`.',
  indexes: 'Indexes are missing: run `npm run migrate`.',
};

/**
 * Stands between this process and a database that it must not work on: brings the schema up to date, or waits until it is,
 * and closes the ledger while it is not one that this build reads.
 */
export class SchemaGate {
  private indexed = false;
  private told = '';

  constructor(private readonly parts: SchemaGateParts) {}

  /** One look; opens or closes the ledger by it. Throws when MongoDB is away. */
  async look(): Promise<SchemaState> {
    const { mongo, ledger, mode, options } = this.parts;
    const state = await schemaState(mongo.db, options.schema, this.indexed);
    this.indexed ||= state.missing.length === 0;
    // What this process is about to make itself is no reason to turn notifications away: their unique key is `_id`.
    const mending = ({ refused }: SchemaState): boolean =>
      mode === 'auto' && refused.every((why) => why === 'indexes' || why === 'schema-behind');
    ledger.closed = state.refused.length > 0 && !mending(state);
    return state;
  }

  /** Whether all is in place now. Makes what is missing where that is this process's to do. Throws as `migrate`. */
  async prepare(): Promise<boolean> {
    const { mongo, log, mode, options } = this.parts;
    if (mode === 'auto') {
      const say = (line: string): void => log.info({ migrate: line }, 'migrating');
      const onWait = (holder: string): void => log.info({ holder }, 'another process migrates');
      try {
        await migrate(mongo.db, { ...options, say, onWait });
      } catch (error) {
        // Told below, by its reason.
        if (!(error instanceof SchemaError) || error.code === 'WB_MIGRATION_FAILED') throw error;
      }
    }
    const { refused } = await this.look();
    this.tell(refused);
    return refused.length === 0;
  }

  /** Each reason once, not at every look. */
  private tell(refused: readonly SchemaRefusal[]): void {
    const [why] = refused;
    if (why !== undefined && why !== this.told)
      this.parts.log.error({ code: CODES[why], why: refused.join(', ') }, SCHEMA_ADVICE[why]);
    this.told = why ?? '';
  }
}
