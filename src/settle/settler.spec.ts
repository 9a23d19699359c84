import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import mongoose from 'mongoose';
import type { DeliveryDoc } from '../ledger/documents.js';
import { LedgerStore } from '../ledger/store.js';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { Settler, type Settlement } from './settler.js';
import type { Transition } from './transition.js';

const AT = new Date('2026-11-20T10:00:00.000Z');
const log = createLog('silent');

const row = (_id: string, token: string, more: Partial<DeliveryDoc> = {}): DeliveryDoc => ({
  _id,
  event: 'e1',
  target: 'tap',
  account: 'shop',
  type: 'SALE',
  route: 'r1',
  configVersion: 1,
  state: 'sending',
  token,
  wakeAt: new Date(AT.getTime() + 60_000),
  attempts: 0,
  crashes: 0,
  at: AT,
  pausedMs: 0,
  ...more,
});

const DELIVERED: Transition = {
  set: { state: 'delivered', settledAt: AT },
  unset: ['token', 'wakeAt', 'sentAt', 'reason'],
  entry: { n: 1, at: AT, ms: 10, step: 0, outcome: 'delivered', status: 200 },
  attempts: 1,
  final: true,
};

const RETRY: Transition = {
  set: { state: 'retry', wakeAt: AT },
  unset: ['token'],
  attempts: 1,
  final: false,
};

describe('the settler', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let store: LedgerStore;
  let now: number;
  let metrics: Metrics;
  let settler: Settler;
  let writes: jest.SpiedFunction<LedgerStore['deliveries']['bulkWrite']>;
  let done: string[];

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
    mongo = new MongoStore(mongoose.createConnection(), stores.mongodbUri, log);
    await mongo.open();
  }, 60_000);

  afterAll(async () => {
    await mongo?.close();
    await stores?.stop();
  });

  beforeEach(async () => {
    jest.restoreAllMocks();
    store = new LedgerStore(mongo);
    const { deliveries } = store;
    await deliveries.deleteMany({});
    writes = jest.spyOn(deliveries, 'bulkWrite');
    jest.spyOn(store, 'deliveries', 'get').mockReturnValue(deliveries);
    now = AT.getTime();
    metrics = new Metrics();
    settler = new Settler(store, () => now, metrics, log);
    done = [];
  });

  const settlement = (id: string, token: string, transition: Transition): Settlement => ({
    row: row(id, token),
    token,
    until: AT.getTime() + 60_000,
    transition,
    done: () => done.push(id),
  });

  // Through a collection of their own: `insertMany` is a bulk write, too.
  const insert = (...rows: DeliveryDoc[]) => new LedgerStore(mongo).deliveries.insertMany(rows);
  const read = (id: string) => new LedgerStore(mongo).deliveries.findOne({ _id: id });

  it('writes equal outcomes under one token as one update, and everything in one go', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    await insert(...ids.map((id) => row(id, id < 'd' ? 'one' : 'two')), row('f', 'one'));
    for (const id of ids) settler.push(settlement(id, id < 'd' ? 'one' : 'two', DELIVERED));
    settler.push(settlement('f', 'one', RETRY));
    await settler.flush();
    expect(writes).toHaveBeenCalledTimes(1);
    const operations = writes.mock.calls[0]?.[0].map((one) => Object.keys(one)[0]);
    expect(operations).toEqual(['updateMany', 'updateMany', 'updateOne']);
    expect(done.sort()).toEqual([...ids, 'f']);
    for (const id of ids) {
      const found = await read(id);
      expect(found).toMatchObject({ state: 'delivered', attempts: 1, log: [{ n: 1 }] });
      expect(found).not.toHaveProperty('token');
      expect(found).not.toHaveProperty('wakeAt');
    }
    expect(await read('f')).toMatchObject({ state: 'retry', attempts: 1, wakeAt: AT });
  });

  it('waits a moment for company instead of writing one by one', async () => {
    await insert(row('a', 't'), row('b', 't'));
    settler.push(settlement('a', 't', DELIVERED));
    await new Promise((resolve) => setImmediate(resolve));
    expect(writes).not.toHaveBeenCalled();
    await new Promise<void>((resolve) => {
      settler.push({ ...settlement('b', 't', DELIVERED), done: resolve });
    });
    expect(writes).toHaveBeenCalledTimes(1);
  });

  it('has one write on its way at a time', async () => {
    await insert(row('a', 't'), row('b', 't'), row('c', 't'));
    let open = 0;
    let most = 0;
    const real = new LedgerStore(mongo).deliveries;
    writes.mockImplementation(async (...args) => {
      open += 1;
      most = Math.max(most, open);
      const answer = await real.bulkWrite(...args);
      open -= 1;
      return answer;
    });
    settler.push(settlement('a', 't', DELIVERED));
    const first = settler.flush();
    settler.push(settlement('b', 't', DELIVERED));
    settler.push(settlement('c', 't', DELIVERED));
    await Promise.all([first, settler.flush()]);
    expect([writes.mock.calls.length, most, done.length]).toEqual([2, 1, 3]);
  });

  it('leaves a row alone whose claim went to somebody else', async () => {
    await insert(row('a', 'theirs', { crashes: 1 }));
    settler.push(settlement('a', 'ours', DELIVERED));
    await settler.flush();
    expect(await read('a')).toMatchObject({ state: 'sending', token: 'theirs', attempts: 0 });
    expect(done).toEqual(['a']);
  });

  it('keeps the last 25 attempts', async () => {
    const entry = { at: AT, ms: 1, step: 0, outcome: 'retry' };
    const before = Array.from({ length: 25 }, (_unused, i) => ({ ...entry, n: i + 1 }));
    await insert(row('a', 't', { log: before }));
    settler.push(settlement('a', 't', { ...DELIVERED, entry: { ...entry, n: 26 } }));
    await settler.flush();
    const kept = await read('a');
    expect(kept?.log?.map(({ n }) => n)).toEqual(Array.from({ length: 25 }, (_u, i) => i + 2));
  });

  it('lets one outcome that cannot be written spoil no other', async () => {
    await insert(row('good', 't'), row('bad', 't'));
    const poison = { ...DELIVERED.set, remoteIds: { 'a\0b': 'x' } };
    settler.push(settlement('bad', 't', { ...DELIVERED, set: poison }));
    settler.push(settlement('good', 't', DELIVERED));
    // The claims end while it is stuck: whatever is not written by then is given up.
    const late = setTimeout(() => (now += 60_000), 400);
    await settler.flush();
    clearTimeout(late);
    expect(await read('good')).toMatchObject({ state: 'delivered' });
    expect(await read('bad')).toMatchObject({ state: 'delivered' });
    expect(done.toSorted()).toEqual(['bad', 'good']);
  });

  describe('while MongoDB refuses', () => {
    const fail = (times: number) => {
      for (let i = 0; i < times; i += 1)
        writes.mockImplementationOnce(() => Promise.reject(new Error('away')));
    };

    it('tries again under the same claim', async () => {
      await insert(row('a', 't'));
      fail(2);
      settler.push(settlement('a', 't', DELIVERED));
      await settler.flush();
      expect(writes).toHaveBeenCalledTimes(3);
      expect(await read('a')).toMatchObject({ state: 'delivered', attempts: 1 });
      expect(done).toEqual(['a']);
      expect(await metrics.registry.metrics()).toContain(
        'waybill_store_errors_total{store="mongo"} 2',
      );
    });

    it('gives up at the end of the claim, and says so to the lane', async () => {
      await insert(row('short', 't'), row('long', 't'));
      writes.mockImplementationOnce(() => {
        now += 60_000;
        return Promise.reject(new Error('away'));
      });
      settler.push(settlement('short', 't', DELIVERED));
      settler.push({ ...settlement('long', 't', DELIVERED), until: AT.getTime() + 90_000 });
      await settler.flush();
      expect(await read('short')).toMatchObject({ state: 'sending', token: 't' });
      expect(await read('long')).toMatchObject({ state: 'delivered' });
      expect(done.sort()).toEqual(['long', 'short']);
    });
  });
});
