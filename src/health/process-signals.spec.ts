import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { Configuration, type Account } from '../accounts/index.js';
import type { SourcePlugin } from '../contract/index.js';
import { createIndexes } from '../ledger/indexes.js';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { RedisStore } from '../platform/redis/redis-store.js';
import { toySource } from '../../test/journey/toys.js';
import { until } from '../../test/journey/harness.js';
import { Drain } from './drain.js';
import { ProcessSignals } from './process-signals.js';
import { ReadinessCheck } from './readiness.js';

const END = Date.parse('2026-12-01T00:00:00Z');

const account: Account = {
  id: 'shop',
  source: toySource as unknown as SourcePlugin,
  credentials: [
    { id: '2026', value: {} },
    { id: '2025', value: {}, notAfter: END },
    { id: '2024', value: {} },
  ],
  settings: {},
  publicUrl: '',
  test: false,
};

const configuration = new Configuration({
  accounts: [account],
  targets: [],
  routes: [],
  offers: [],
  programmes: [],
  plugins: [],
  referenced: [],
  warnings: [],
});

describe('what a process knows of itself, as metrics', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let redis: RedisStore;
  let metrics: Metrics;
  let logged: string;
  let running: ProcessSignals | undefined;

  beforeAll(async () => {
    stores = await startTestStores();
  }, 60_000);

  afterEach(async () => {
    await running?.beforeApplicationShutdown();
    await mongo?.close();
    redis?.close();
  });

  afterAll(() => stores?.stop());

  function signals(uris: { mongodb?: string; redis?: string } = {}): ProcessSignals {
    const sink = { write: (line: string) => void (logged += line) };
    const log = createLog('info', sink);
    logged = '';
    metrics = new Metrics();
    mongo = new MongoStore(
      mongoose.createConnection(),
      uris.mongodb ?? stores.mongodbUri,
      createLog('silent'),
    );
    redis = new RedisStore(uris.redis ?? stores.redisUrl, createLog('silent'));
    const readiness = new ReadinessCheck(mongo, new Drain(), {
      look: () => Promise.resolve({ refused: [] }),
    });
    readiness.markPrepared();
    running = new ProcessSignals({
      ...{ mongo, redis, readiness, configuration, metrics, log },
      ...{ version: '1.2.3', role: 'all' },
    });
    return running;
  }

  const redisIsThere = () =>
    until(
      () => redis.ready,
      (ready) => ready,
    );
  const lines = () => metrics.registry.metrics();

  it('declares what it is, and a zero for whatever an alert will compare with its past', async () => {
    signals().onApplicationBootstrap();
    const text = await lines();
    const node = process.versions.node;
    for (const line of [
      `waybill_build_info{version="1.2.3",node="${node}",role="all"} 1`,
      'waybill_credential_uses_total{account="shop",credential="current"} 0',
      'waybill_credential_uses_total{account="shop",credential="previous"} 0',
      'waybill_credential_uses_total{account="shop",credential="previous-2"} 0',
      `waybill_credential_not_after_timestamp_seconds{account="shop",credential="previous"} ${END / 1000}`,
      'waybill_receipts_total{source="toy",result="parked"} 0',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    expect(text.match(/^waybill_credential_not_after/gm)).toHaveLength(1);
  });

  it('is ready with its stores, and times them', async () => {
    const one = signals();
    await mongo.open();
    await createIndexes(mongo.db);
    await redisIsThere();
    await one.tick();
    const text = await lines();
    for (const line of [
      'waybill_ready 1',
      'waybill_store_up{store="mongo"} 1',
      'waybill_store_up{store="redis"} 1',
      'waybill_store_round_trip_ms_count{store="mongo"} 1',
      'waybill_indexes_missing 0',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
  });

  it('misses an index, and finds it again at the next look', async () => {
    const one = signals();
    await mongo.open();
    await createIndexes(mongo.db);
    await mongo.db.collection('deliveries').dropIndex('wake');
    await one.tick();
    expect(await lines()).toContain('waybill_indexes_missing 1\n');
    await createIndexes(mongo.db);
    await one.tick();
    expect(await lines()).toContain('waybill_indexes_missing 0\n');
  });

  it('warns once of a Redis that may throw jobs away, until it is put right', async () => {
    const one = signals();
    await redisIsThere();
    await redis.client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await one.tick();
    await one.tick();
    expect(await lines()).toContain('waybill_redis_eviction_wrong 1\n');
    expect(logged.match(/WB_QUEUE_EVICTION/g)).toHaveLength(1);
    await redis.client.config('SET', 'maxmemory-policy', 'noeviction');
    await one.tick();
    expect(await lines()).toContain('waybill_redis_eviction_wrong 0\n');
  });

  it('is not ready without stores, calls no index missing then, and counts what the drivers meet', async () => {
    const one = signals({ mongodb: 'mongodb://127.0.0.1:9/x', redis: 'redis://127.0.0.1:9' });
    one.onApplicationBootstrap();
    await until(lines, (text) => /waybill_store_errors_total\{store="redis"\} [1-9]/.test(text));
    await one.tick();
    const text = await lines();
    for (const line of [
      'waybill_ready 0',
      'waybill_store_up{store="mongo"} 0',
      'waybill_store_up{store="redis"} 0',
      'waybill_indexes_missing 0',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
  });
});
