import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestStores, type TestStores } from '../../platform/embedded/testing.js';
import { withLease } from '../../platform/mongo/lease-lock.js';
import { openDatabase, type OpenDatabase } from '../../platform/mongo/open-database.js';
import type { Db } from '../../platform/mongo/mongo-store.js';
import { INDEXES, missingIndexes } from '../indexes.js';
import { migrate, MIGRATION_LOCK, type MigrateOptions } from './migrate.js';
import { MIGRATIONS, schemaOf, type Migration, type Schema } from './migrations.js';
import { RESTORING, schemaState } from './schema-state.js';

const V = schemaOf(null).version;

describe('the schema', () => {
  let stores: TestStores;
  let open: OpenDatabase;
  let db: Db;

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
    open = await openDatabase(stores.mongodbUri);
    db = open.db;
  }, 60_000);

  afterAll(async () => {
    await open?.close();
    await stores?.stop();
  });

  beforeEach(() => db.dropDatabase());

  const options = (more: Partial<MigrateOptions> = {}): MigrateOptions => ({
    schema: schemaOf(null),
    build: '1.2.3',
    holder: 'here:1',
    ...more,
  });

  /** This build with further versions whose steps are given. */
  const further = (...ups: readonly Migration['up'][]): Schema => ({
    version: V + ups.length,
    migrations: [
      ...MIGRATIONS,
      ...ups.map((up, i) => ({ version: V + 1 + i, name: `m${i}`, kind: 'expand' as const, up })),
    ],
  });
  const rows = () => db.collection<{ _id: number }>('migrations').find().sort({ _id: 1 }).toArray();
  const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it('has its migrations numbered without a gap', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_one, i) => i + 1));
  });

  it('of an empty database is made whole, and nothing is done the second time', async () => {
    const said: string[] = [];
    const first = await migrate(db, options({ say: (line) => said.push(line) }));
    expect([first.from, first.to]).toEqual([0, V]);
    expect(first.indexes).toHaveLength(INDEXES.length);
    expect(said).toHaveLength(INDEXES.length + V);
    expect(await rows()).toMatchObject([{ _id: 1, build: '1.2.3', holder: 'here:1' }]);
    expect(await db.collection('leases').countDocuments()).toBe(0);
    expect(await migrate(db, options())).toEqual({ from: V, to: V, indexes: [], migrations: [] });
  });

  it('is migrated once by five at a time', async () => {
    let ran = 0;
    const schema = further(async () => {
      ran += 1;
      await later(50);
    });
    const five = Array.from({ length: 5 }, (_one, n) => n);
    const reports = await Promise.all(
      five.map((n) => migrate(db, options({ schema, holder: `p:${n}` }))),
    );
    expect(ran).toBe(1);
    expect(reports.filter(({ migrations }) => migrations.length > 0)).toHaveLength(1);
    expect(await missingIndexes(db)).toEqual([]);
  });

  it('waits for another one only so long, and says for whom', async () => {
    const waits: string[] = [];
    const waiting = { waitMs: 0, onWait: (holder: string) => void waits.push(holder) };
    await withLease(db, MIGRATION_LOCK, { holder: 'there:7' }, async () => {
      await expect(migrate(db, options(waiting))).rejects.toMatchObject({
        code: 'WB_MIGRATION_LOCKED',
      });
    });
    expect(waits).toEqual(['there:7']);
  });

  it('is taken over from a process that died with the lock, which does no more if it wakes up', async () => {
    let wake: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    const dead = withLease(
      db,
      MIGRATION_LOCK,
      { holder: 'dead:1', leaseMs: 60_000 },
      async (lock) => {
        await asleep;
        await lock.renew();
      },
    );
    while ((await db.collection('leases').countDocuments()) === 0) await later(5);
    // Its time has run out by MongoDB's clock.
    await db.collection('leases').updateMany({}, { $set: { until: new Date(0) } });
    expect((await migrate(db, options())).to).toBe(V);
    await withLease(db, MIGRATION_LOCK, { holder: 'next:1' }, async () => {
      wake();
      await expect(dead).rejects.toMatchObject({ code: 'WB_MIGRATION_LOCKED' });
    });
  });

  it('goes on where a step was cut off, and never records one that failed', async () => {
    let fail = true;
    const done: string[] = [];
    const schema = further(
      () => Promise.resolve(void done.push('a')),
      ({ db: database }) => {
        done.push('b');
        return fail
          ? database.command({ noSuchCommand: 1 }).then(() => undefined)
          : Promise.resolve();
      },
    );
    await expect(migrate(db, options({ schema }))).rejects.toMatchObject({
      code: 'WB_MIGRATION_FAILED',
    });
    expect((await rows()).map(({ _id }) => _id)).toEqual([1, 2]);
    fail = false;
    expect((await migrate(db, options({ schema }))).migrations).toMatchObject([{ version: 3 }]);
    expect(done).toEqual(['a', 'b', 'b']);
  });

  it('names an index that others have made differently', async () => {
    await db.collection('audit').createIndex({ fact: 1 }, { name: 'fact' });
    expect(await missingIndexes(db)).toContain('audit.fact');
    await expect(migrate(db, options())).rejects.toMatchObject({ code: 'WB_MIGRATION_FAILED' });
  });

  it.each([
    [-2, ['schema-behind']],
    [-1, []],
    [0, []],
    [1, []],
    [2, ['schema-newer']],
  ])('of a database %i versions ahead is refused for %j', async (ahead, refused) => {
    const nothing = (): Promise<void> => Promise.resolve();
    const schema = further(nothing, nothing, nothing);
    await migrate(db, options());
    const database = schema.version + ahead;
    for (let version = V + 1; version <= database; version += 1)
      await db.collection<{ _id: number }>('migrations').insertOne({ _id: version });
    const state = await schemaState(db, schema);
    expect([state.version, state.refused]).toEqual([database, refused]);
  });

  it('of a much newer version, or of one that is being restored, is left alone', async () => {
    await db.collection<{ _id: number }>('migrations').insertOne({ _id: V + 2 });
    await expect(migrate(db, options())).rejects.toMatchObject({ code: 'WB_SCHEMA_NEWER' });
    await db.dropDatabase();
    await db.collection<{ _id: string }>('leases').insertOne({ _id: RESTORING });
    await expect(migrate(db, options())).rejects.toMatchObject({ code: 'WB_RESTORE_UNFINISHED' });
    expect(await missingIndexes(db)).toHaveLength(INDEXES.length);
  });
});
