import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import mongoose from 'mongoose';
import { createIndexes } from '../ledger/indexes.js';
import { schemaOf } from '../ledger/schema/migrations.js';
import { schemaState } from '../ledger/schema/schema-state.js';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { Drain } from './drain.js';
import { ReadinessCheck, type Readiness } from './readiness.js';

describe('readiness', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let drain: Drain;
  let readiness: ReadinessCheck;

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
    mongo = new MongoStore(mongoose.createConnection(), stores.mongodbUri, createLog('silent'));
  }, 60_000);

  afterAll(async () => {
    await mongo?.close();
    await stores?.stop();
  });

  beforeEach(() => {
    drain = new Drain();
    readiness = new ReadinessCheck(mongo, drain, {
      look: () => schemaState(mongo.db, schemaOf(null)),
    });
  });

  it('needs MongoDB, then every index, then the start-up work', async () => {
    expect(await readiness.check()).toEqual({ ready: false, why: ['mongo'] });
    await mongo.open();
    expect(await readiness.check()).toEqual({ ready: false, why: ['indexes'] });
    await createIndexes(mongo.db);
    expect(await readiness.check()).toEqual({ ready: false, why: ['configuration'] });
    readiness.markPrepared();
    expect(await readiness.check()).toEqual({ ready: true, why: [] });
  });

  it('is lost when the database moves on by more than one version', async () => {
    await mongo.open();
    await createIndexes(mongo.db);
    readiness.markPrepared();
    const rows = mongo.db.collection<{ _id: number }>('migrations');
    const { version } = schemaOf(null);
    for (const [ahead, why] of [
      [1, []],
      [2, ['schema-newer']],
    ] as const) {
      await rows.insertOne({ _id: version + ahead });
      expect(await readiness.check()).toEqual({ ready: why.length === 0, why });
    }
    await rows.deleteMany({});
  });

  it('misses a single index', async () => {
    await mongo.open();
    await createIndexes(mongo.db);
    await mongo.db.collection('deliveries').dropIndex('wake');
    readiness.markPrepared();
    expect(await readiness.check()).toEqual({ ready: false, why: ['indexes'] });
    await createIndexes(mongo.db);
    expect((await readiness.check()).ready).toBe(true);
  });

  it('ends with the drain, whatever else is well', async () => {
    await mongo.open();
    await createIndexes(mongo.db);
    readiness.markPrepared();
    expect((await readiness.check()).ready).toBe(true);
    drain.begin();
    expect(await readiness.check()).toEqual({ ready: false, why: ['draining'] });
    drain.begin();
    expect(drain.draining).toBe(true);
  });

  it('is lost with MongoDB, and comes back with it', async () => {
    await mongo.open();
    await createIndexes(mongo.db);
    readiness.markPrepared();
    await stores.mongo?.kill('SIGSTOP');
    const away = await readiness.check();
    await stores.mongo?.kill('SIGCONT');
    expect(away).toEqual({ ready: false, why: ['mongo'] });
    expect((await readiness.check()).ready).toBe(true);
  });

  it('does not wait longer than a second for a MongoDB that answers nothing more', async () => {
    const silent = { look: () => new Promise<never>(() => undefined) };
    const check = new ReadinessCheck({ connected: true }, drain, silent);
    check.markPrepared();
    jest.useFakeTimers();
    try {
      const seen: Readiness[] = [];
      void check.check().then((one) => seen.push(one));
      await jest.advanceTimersByTimeAsync(999);
      expect(seen).toEqual([]);
      await jest.advanceTimersByTimeAsync(1);
      expect(seen).toEqual([{ ready: false, why: ['mongo'] }]);
    } finally {
      jest.useRealTimers();
    }
  });
});
