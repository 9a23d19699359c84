import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import mongoose from 'mongoose';
import { startTestStores, type TestStores } from '../embedded/testing.js';
import { createLog } from '../log/log.js';
import { MONGO_OPTIONS, MongoStore, StoreAwayError } from './mongo-store.js';

const log = createLog('silent');

describe('the options', () => {
  it('promise a majority and its journal, within a limit', () => {
    expect(MONGO_OPTIONS.writeConcern).toEqual({ w: 'majority', journal: true, wtimeoutMS: 5000 });
  });

  it('let nothing wait long or be created behind our back', () => {
    expect(MONGO_OPTIONS).toMatchObject({
      serverSelectionTimeoutMS: 2000,
      connectTimeoutMS: 2000,
      bufferCommands: false,
      autoIndex: false,
      autoCreate: false,
      ignoreUndefined: true,
    });
  });
});

describe('the store', () => {
  let stores: TestStores;
  const opened: MongoStore[] = [];

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
  }, 60_000);

  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  afterAll(() => stores?.stop());

  function storeFor(uri: string): MongoStore {
    const store = new MongoStore(mongoose.createConnection(), uri, log);
    opened.push(store);
    return store;
  }

  it('has no database before it is open, and refuses rather than waits', async () => {
    const store = storeFor(stores.mongodbUri);
    expect(() => store.db).toThrow(StoreAwayError);
    expect([store.connected, await store.ping(50)]).toEqual([false, false]);
    await store.open();
    expect([store.connected, await store.ping(1000)]).toEqual([true, true]);
  });

  it('sends every write with majority and journal, as the server sees it', async () => {
    const store = storeFor(stores.mongodbUri);
    await store.open();
    const profiled = store.db.collection('profiled');
    await store.db.command({ profile: 2 });
    await profiled.insertOne({ a: 1 });
    await profiled.updateOne({ a: 1 }, { $set: { b: undefined, c: 1 } });
    await store.db.command({ profile: 0 });
    const seen = await store.db
      .collection('system.profile')
      .find({ op: 'insert', ns: profiled.namespace })
      .toArray();
    expect(seen.map((one) => one['command'].writeConcern)).toEqual([
      { w: 'majority', j: true, wtimeout: 5000 },
    ]);
    expect(await profiled.findOne({ a: 1 })).not.toHaveProperty('b');
  });

  it('follows the clock of the server', async () => {
    const store = storeFor(stores.mongodbUri);
    const sample = jest.spyOn(store.clock, 'sample');
    await store.open();
    expect(sample).toHaveBeenCalledTimes(1);
    expect(Math.abs(store.clock.skewMs)).toBeLessThan(1000);
  });

  it('opens once however often it is asked', async () => {
    const store = storeFor(stores.mongodbUri);
    const openUri = jest.spyOn(store.connection, 'openUri');
    await Promise.all([store.open(), store.open()]);
    await store.open();
    expect(openUri).toHaveBeenCalledTimes(1);
  });

  it('keeps trying while nobody answers, and is there when somebody does', async () => {
    await stores.mongo?.kill('SIGKILL');
    const store = storeFor(stores.mongodbUri);
    const openUri = jest.spyOn(store.connection, 'openUri');
    const opening = store.open();
    while (openUri.mock.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(store.connected).toBe(false);
    await stores.mongo?.restart();
    await opening;
    expect(await store.ping(1000)).toBe(true);
  });

  it('answers a ping in time when the server does not', async () => {
    const store = storeFor(stores.mongodbUri);
    await store.open();
    await stores.mongo?.kill('SIGSTOP');
    expect(await store.ping(200)).toBe(false);
    await stores.mongo?.kill('SIGCONT');
    expect(await store.ping(5000)).toBe(true);
  });

  it('stops trying when it is closed', async () => {
    const store = storeFor('mongodb://127.0.0.1:1/x?serverSelectionTimeoutMS=50');
    const opening = store.open();
    await store.close();
    await expect(opening).resolves.toBeUndefined();
  });
});
