import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { MongoStore, type Db } from '../platform/mongo/mongo-store.js';
import type { DeliveryDoc } from './documents.js';
import { createIndexes, INDEXES, missingIndexes } from './indexes.js';
import { LedgerStore } from './store.js';

interface Stage {
  readonly stage?: string;
  readonly indexName?: string;
  readonly inputStage?: Stage;
}

/** Names of the stages from the top down, with the index where one is used. */
const plan = (stage: Stage | undefined): string[] =>
  stage ? [stage.indexName ?? stage.stage ?? '?', ...plan(stage.inputStage)] : [];

describe('the indexes', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let db: Db;

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
    mongo = new MongoStore(mongoose.createConnection(), stores.mongodbUri, createLog('silent'));
    await mongo.open();
    db = mongo.db;
  }, 60_000);

  afterAll(async () => {
    await mongo?.close();
    await stores?.stop();
  });

  it('are missing on a new database, and all there once created, by one or by several', async () => {
    expect(await missingIndexes(db)).toHaveLength(INDEXES.length);
    await Promise.all([createIndexes(db), createIndexes(db), createIndexes(db)]);
    expect(await missingIndexes(db)).toEqual([]);
    await createIndexes(db);
    const own = INDEXES.filter((index) => index.collection === 'deliveries').length;
    expect(await db.collection('deliveries').listIndexes().toArray()).toHaveLength(own + 1);
  });

  it('are missed one by one', async () => {
    await db.collection('events').dropIndex('refs');
    expect(await missingIndexes(db)).toEqual(['events.refs']);
    await createIndexes(db);
    expect(await missingIndexes(db)).toEqual([]);
  });

  describe('with rows in all states', () => {
    const NOW = Date.parse('2026-11-20T10:00:00.000Z');
    let store: LedgerStore;

    const row = (n: number): DeliveryDoc => ({
      _id: `d${n}`,
      event: `e${n}`,
      target: n % 2 ? 'tap' : 'tune',
      account: 'shop',
      type: 'SALE',
      route: 'r',
      configVersion: 1,
      attempts: 0,
      crashes: 0,
      at: new Date(NOW),
      pausedMs: 0,
      ...(n % 10 < 2
        ? { state: 'due' as const, wakeAt: new Date(NOW + n * 1000) }
        : { state: 'delivered' as const, settledAt: new Date(NOW) }),
    });

    beforeAll(async () => {
      await createIndexes(db);
      store = new LedgerStore(mongo);
      await store.deliveries.insertMany(Array.from({ length: 2000 }, (_unused, n) => row(n)));
    });

    it('the sweeper walks its own index, in order, and looks at nothing that is final', async () => {
      const explained = await store.deliveries
        .find({ target: 'tap', wakeAt: { $lte: new Date(NOW + 500_000) } })
        .sort({ wakeAt: 1 })
        .limit(50)
        .explain('executionStats');
      expect(plan(explained['queryPlanner'].winningPlan as Stage)).toEqual([
        'LIMIT',
        'FETCH',
        'wake',
      ]);
      const { totalDocsExamined, nReturned } = explained['executionStats'] as Record<
        string,
        number
      >;
      expect([nReturned, totalDocsExamined]).toEqual([50, 50]);
    });

    it.each([
      ['events', 'refs', { refs: { $in: ['shop|A'] } }],
      ['events', 'click', { 'attribution.clickId': 'c1', type: 'CLICK' }],
      ['order_links', 'refs', { refs: { $in: ['shop|A'] } }],
      ['deliveries', 'replays', { replayOf: { $in: ['d1'] } }],
      ['receipts', 'odd', { state: 'parked' }],
      ['receipts', 'again', { eventIds: 'e1', state: { $in: ['repeat', 'conflict'] } }],
    ])('%s are found through %s', async (collection, index, filter) => {
      const explained = await db.collection(collection).find(filter).explain('queryPlanner');
      expect(plan(explained['queryPlanner'].winningPlan as Stage)).toContain(index);
    });
  });
});
