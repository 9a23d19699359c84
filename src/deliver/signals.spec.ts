import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { Configuration, type Target } from '../accounts/index.js';
import type { TargetPlugin } from '../contract/index.js';
import type { DeliveryDoc } from '../ledger/documents.js';
import { createIndexes } from '../ledger/indexes.js';
import { LedgerStore } from '../ledger/store.js';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { TargetStates } from '../settle/target-states.js';
import { fakeClock, type FakeClock } from '../testing/fake-clock.js';
import { hookTarget } from '../../test/journey/toys.js';
import { BacklogSignals } from './signals.js';

const log = createLog('silent');
const MINUTE = 60_000;

const target = (id: string): Target => ({
  id,
  plugin: hookTarget as unknown as TargetPlugin,
  settings: {},
  options: { sockets: 1, ratePerSecond: null, test: false, orphanReversals: 'skip' },
});

const configuration = new Configuration({
  accounts: [],
  targets: [target('tap'), target('tune')],
  routes: [],
  offers: [],
  programmes: [],
  plugins: [],
  referenced: [],
  warnings: [],
});

describe('what waits, as metrics', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let store: LedgerStore;
  let clock: FakeClock;
  let metrics: Metrics;
  let states: TargetStates;

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
    mongo = new MongoStore(mongoose.createConnection(), stores.mongodbUri, log);
    await mongo.open();
    store = new LedgerStore(mongo);
    await createIndexes(mongo.db);
  }, 60_000);

  afterAll(async () => {
    await mongo?.close();
    await stores?.stop();
  });

  beforeEach(async () => {
    for (const name of ['deliveries', 'receipts', 'leases', 'target_states'])
      await mongo.db.collection(name).deleteMany({});
    clock = fakeClock();
    metrics = new Metrics();
    states = new TargetStates(mongo, () => clock.now(), metrics);
  });

  const signals = (of = metrics) =>
    new BacklogSignals({ store, configuration, states, clock, metrics: of, log });

  let rows = 0;
  /** `wake` and `age`: milliseconds before now; `null`: final. */
  const insert = (
    state: DeliveryDoc['state'],
    wake: number | null,
    more: Partial<DeliveryDoc> & { age?: number } = {},
  ) => {
    const { age = 0, ...rest } = more;
    return store.deliveries.insertOne({
      _id: `d${(rows += 1)}`,
      event: 'e',
      target: 'tap',
      account: 'shop',
      type: 'SALE',
      route: 'r',
      configVersion: 1,
      state,
      attempts: 0,
      crashes: 0,
      pausedMs: 0,
      at: new Date(clock.now() - age),
      ...(wake === null ? {} : { wakeAt: new Date(clock.now() - wake) }),
      ...rest,
    });
  };

  const read = async (name: string, of = metrics): Promise<Record<string, number>> => {
    const text = await of.registry.metrics();
    const lines = [...text.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'))];
    return Object.fromEntries(lines.map(([, labels = '', value]) => [labels, Number(value)]));
  };

  const oldest = async () => (await read('waybill_oldest_due_seconds'))['target="tap"'];

  it.each<[string, number, () => Promise<unknown>]>([
    ['nothing', 0, () => Promise.resolve()],
    ['one never tried, since its birth', 400, () => insert('due', -30_000, { age: 400_000 })],
    [
      'one that a sweep has just offered, since its birth',
      400,
      () => insert('due', -60_500, { age: 400_000 }),
    ],
    [
      'a retry, since its moment',
      7,
      () => insert('retry', 7000, { attempts: 9, age: 3600 * 1000 * 60 }),
    ],
    ['a retry that waits', 0, () => insert('retry', -1000, { attempts: 1, age: MINUTE })],
    ['a claim that runs', 0, () => insert('sending', -1000, { age: MINUTE })],
    ['a claim that ended', 3, () => insert('sending', 3000, { age: MINUTE })],
    ['one that is final', 0, () => insert('dead', null, { age: MINUTE })],
  ])('tells how long %s has been due: %i s', async (_what, seconds, prepare) => {
    await prepare();
    await signals().tick();
    expect(await oldest()).toBe(seconds);
  });

  it('leaves pauses out, and paused targets', async () => {
    await insert('due', 1000, { age: 10 * MINUTE });
    await states.pause('tap', 'operator: key refused');
    clock.advance(MINUTE);
    await signals().tick();
    expect(await oldest()).toBe(0);
    await states.resume('tap');
    clock.advance(1000);
    await mongo.db.collection('leases').deleteMany({});
    await signals().tick();
    expect(await oldest()).toBe(601);
  });

  it('counts by state, and never reads a row for it', async () => {
    await insert('due', 0);
    await insert('sending', -1000);
    await insert('retry', -1000);
    await insert('held', -1000, { reason: 'parent' });
    await insert('uncertain', -1000, { reason: 'hold' });
    await insert('delivered', null);
    await signals().tick();
    const counts = await read('waybill_backlog');
    expect(counts).toEqual({
      ...{ 'target="tap",state="due"': 2, 'target="tap",state="retry"': 1 },
      ...{ 'target="tap",state="held"': 1, 'target="tap",state="uncertain"': 1 },
      ...{ 'target="tune",state="due"': 0, 'target="tune",state="retry"': 0 },
      ...{ 'target="tune",state="held"': 0, 'target="tune",state="uncertain"': 0 },
    });
    for (const [match, hint] of [
      [{ target: 'tap', wakeAt: { $gte: new Date(0) } }, 'wake'],
      [{ state: 'retry', target: 'tap' }, 'trouble'],
    ] as const) {
      const explained = await store.deliveries
        .aggregate([{ $match: match }, { $limit: 10 }, { $group: { _id: 1, n: { $sum: 1 } } }], {
          hint,
        })
        .explain('executionStats');
      const stats = JSON.stringify(explained);
      expect(stats).toContain(`"indexName":"${hint}"`);
      expect(stats).toContain('"totalDocsExamined":0');
    }
  });

  it('tells what is dead by reason, until somebody replays it or it is old', async () => {
    await insert('dead', null, { reason: 'poison', _id: 'p1' });
    await insert('dead', null, { reason: 'poison', _id: 'p2' });
    await insert('dead', null, { reason: 'deadline' });
    await insert('dead', null, { reason: 'poison', age: 31 * 86_400_000 });
    await insert('delivered', null, { replayOf: 'p1' });
    await signals().tick();
    expect(await read('waybill_dead_deliveries')).toMatchObject({
      'target="tap",reason="poison"': 1,
      'target="tap",reason="deadline"': 1,
      'target="tune",reason="poison"': 0,
    });
  });

  it('counts parked receipts', async () => {
    const receipt = (_id: string, state: string) => ({ _id, state }) as never;
    await store.receipts.insertMany([receipt('a', 'parked'), receipt('b', 'recorded')]);
    await signals().tick();
    expect(await read('waybill_parked_receipts')).toEqual({ '': 1 });
  });

  it('is one process’s work; another one takes over, and the first forgets', async () => {
    await insert('retry', 5000, { attempts: 1 });
    const [one, two] = [signals(), new Metrics()];
    const second = signals(two);
    await one.tick();
    await second.tick();
    expect(await read('waybill_oldest_due_seconds', two)).toEqual({});
    expect(await read('waybill_backlog_read_timestamp_seconds', two)).toEqual({ '': 0 });
    clock.advance(31_000);
    await second.tick();
    expect(await read('waybill_oldest_due_seconds', two)).toMatchObject({ 'target="tap"': 36 });
    await one.tick();
    expect(await read('waybill_oldest_due_seconds')).toEqual({});
    expect(await read('waybill_backlog')).toEqual({});
  });

  it('keeps its last numbers while MongoDB cannot be read, and their time', async () => {
    const one = signals();
    await insert('retry', 5000, { attempts: 1 });
    await one.tick();
    const at = await read('waybill_backlog_read_timestamp_seconds');
    expect(at['']).toBe(clock.now() / 1000);
    clock.advance(10_000);
    await mongo.close();
    await one.tick();
    mongo = new MongoStore(mongoose.createConnection(), stores.mongodbUri, log);
    await mongo.open();
    store = new LedgerStore(mongo);
    expect(await oldest()).toBe(5);
    expect(await read('waybill_backlog_read_timestamp_seconds')).toEqual(at);
  });
});
