import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { startTestStores, type TestStores } from '../../platform/embedded/testing.js';
import { createLog } from '../../platform/log/log.js';
import { MongoStore } from '../../platform/mongo/mongo-store.js';
import type { Ledger } from '../ledger.js';
import { migrate } from './migrate.js';
import { schemaOf } from './migrations.js';
import { SchemaGate } from './schema-gate.js';

describe('the gate before a database', () => {
  const { version } = schemaOf(null);
  const options = { schema: schemaOf(null), build: '1', holder: 'here:1' };
  let stores: TestStores;
  let mongo: MongoStore;
  let ledger: { closed: boolean };
  let logged: string;

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
    mongo = new MongoStore(mongoose.createConnection(), stores.mongodbUri, createLog('silent'));
    await mongo.open();
  }, 60_000);

  afterAll(async () => {
    await mongo?.close();
    await stores?.stop();
  });

  beforeEach(() => mongo.db.dropDatabase());

  function gate(mode: 'auto' | 'manual'): SchemaGate {
    ledger = { closed: false };
    logged = '';
    const log = createLog('info', { write: (line: string) => void (logged += line) });
    return new SchemaGate({ mongo, ledger: ledger as Ledger, log, mode, options });
  }
  const isAt = (at: number) =>
    mongo.db.collection<{ _id: number }>('migrations').insertOne({ _id: at });

  it('makes what is missing by itself where it may, without turning anything away meanwhile', async () => {
    const one = gate('auto');
    expect((await one.look()).refused).toEqual(['indexes']);
    expect(ledger.closed).toBe(false);
    expect(await one.prepare()).toBe(true);
    expect((await one.look()).refused).toEqual([]);
  });

  it('waits where it may not, closes the ledger, says once what to do, and opens when it is done', async () => {
    const one = gate('manual');
    expect(await one.prepare()).toBe(false);
    expect(await one.prepare()).toBe(false);
    expect(ledger.closed).toBe(true);
    expect(logged.match(/WB_SCHEMA_BEHIND/g)).toHaveLength(1);
    expect(logged).toContain('npm run migrate');
    await migrate(mongo.db, options);
    expect(await one.prepare()).toBe(true);
    expect(ledger.closed).toBe(false);
  });

  it('closes the ledger of a running process when the database moves on by two', async () => {
    const one = gate('auto');
    await one.prepare();
    await isAt(version + 1);
    await one.look();
    expect(ledger.closed).toBe(false);
    await isAt(version + 2);
    expect((await one.look()).refused).toEqual(['schema-newer']);
    expect(ledger.closed).toBe(true);
    expect(await one.prepare()).toBe(false);
    expect(logged).toContain('WB_SCHEMA_NEWER');
  });
});
