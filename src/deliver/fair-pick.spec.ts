import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import type { DeliveryDoc } from '../ledger/documents.js';
import { createIndexes } from '../ledger/indexes.js';
import { LedgerStore } from '../ledger/store.js';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { FairPick, OTHERS } from './fair-pick.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const BACKLOG = 20_000;

interface Profile {
  readonly docsExamined: number;
  readonly keysExamined: number;
  readonly planSummary: string;
}

describe('rows behind a backlog', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let store: LedgerStore;

  const row = (_id: string, account: string, wake: number): DeliveryDoc => ({
    ...{ _id, event: `e-${_id}`, target: 'tap', account, type: 'SALE', route: 'r' },
    ...{ configVersion: 1, state: 'due', attempts: 0, crashes: 0, pausedMs: 0 },
    wakeAt: new Date(wake),
    at: new Date(NOW),
  });

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
    mongo = new MongoStore(mongoose.createConnection(), stores.mongodbUri, createLog('silent'));
    await mongo.open();
    store = new LedgerStore(mongo);
    await createIndexes(mongo.db);
    const rows = Array.from({ length: BACKLOG }, (_unused, i) =>
      row(`a${i}`, 'a', NOW - 3_600_000 + i * 100),
    );
    await store.deliveries.insertMany(rows);
    await mongo.db.command({ profile: 2 });
  }, 120_000);

  afterAll(async () => {
    await mongo?.close();
    await stores?.stop();
  });

  const lastFind = () =>
    mongo.db
      .collection<Profile>('system.profile')
      .find({ op: 'query', ns: /\.deliveries$/ })
      .sort({ $natural: -1 })
      .limit(1)
      .next();

  it('are found by the index of the sweeper; the backlog is read through once, not every second', async () => {
    const fair = new FairPick(() => store.deliveries);
    await store.deliveries.insertMany([row('b1', 'b', NOW - 10), row('b2', 'b', NOW - 1_800_000)]);
    const first = await fair.others('tap', ['a'], NOW);
    expect(first.map(({ _id }) => _id)).toEqual(['b2', 'b1']);
    expect((await lastFind())?.planSummary).toContain('IXSCAN { target: 1, wakeAt: 1, _id: 1 }');
    await store.deliveries.insertOne(row('b3', 'b', NOW + 500));
    const second = await fair.others('tap', ['a'], NOW + 1000);
    expect(second.map(({ _id }) => _id)).toEqual(['b1', 'b3']);
    const profile = await lastFind();
    expect(profile?.planSummary).toContain('IXSCAN { target: 1, wakeAt: 1, _id: 1 }');
    expect(profile?.docsExamined).toBeLessThan(BACKLOG / 100);
  });

  it('of many accounts come in their order, so many at a time', async () => {
    const fair = new FairPick(() => store.deliveries);
    await store.deliveries.insertMany(
      Array.from({ length: 120 }, (_unused, i) => row(`c${i}`, `c${i % 3}`, NOW + 2000 + i)),
    );
    const first = await fair.others('tap', ['a', 'b'], NOW + 3000);
    expect(first).toHaveLength(OTHERS);
    const ids = first.map(({ _id }) => _id);
    await store.deliveries.deleteMany({ _id: { $in: ids } });
    const second = await fair.others('tap', ['a', 'b'], NOW + 3001);
    expect(second[0]?._id).toBe(`c${OTHERS}`);
  });

  it('are nobody’s business where nobody floods', async () => {
    expect(await new FairPick(() => store.deliveries).others('tap', [], NOW)).toEqual([]);
  });
});
