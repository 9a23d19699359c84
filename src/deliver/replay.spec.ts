import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { Configuration, type Target } from '../accounts/index.js';
import type { TargetPlugin } from '../contract/index.js';
import {
  FINAL_STATES,
  OPEN_STATES,
  type DeliveryDoc,
  type DeliveryState,
} from '../ledger/documents.js';
import { LedgerStore } from '../ledger/store.js';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { ConfigVersion } from '../route/config-version.js';
import type { TargetStates } from '../settle/target-states.js';
import { fakeClock } from '../testing/fake-clock.js';
import { hookTarget } from '../../test/journey/toys.js';
import type { DeliveryJob, DeliveryQueue } from './queue.js';
import { Replays } from './replay.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');

const target: Target = {
  id: 'tap',
  plugin: hookTarget as unknown as TargetPlugin,
  settings: {},
  options: { sockets: 1, ratePerSecond: null, test: false, orphanReversals: 'skip' },
};

/** What the same target looks like once its operator has said that test events may reach it. */
const sandbox: Target = { ...target, id: 'sandbox', options: { ...target.options, test: true } };

const configuration = new Configuration({
  accounts: [],
  targets: [target, sandbox],
  routes: [],
  offers: [],
  programmes: [],
  plugins: [],
  referenced: [],
  warnings: [],
});

const row = (state: DeliveryState, more: Partial<DeliveryDoc> = {}): DeliveryDoc => ({
  _id: 'd1',
  event: 'e1',
  target: 'tap',
  account: 'shop',
  type: 'SALE',
  route: 'r',
  configVersion: 1,
  state,
  attempts: 20,
  crashes: 2,
  at: new Date(NOW - 86_400_000),
  pausedMs: 0,
  ...more,
});

describe('a replay', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let store: LedgerStore;
  let jobs: DeliveryJob[];
  let replays: Replays;

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
    mongo = new MongoStore(mongoose.createConnection(), stores.mongodbUri, createLog('silent'));
    await mongo.open();
    store = new LedgerStore(mongo);
  }, 60_000);

  afterAll(async () => {
    await mongo?.close();
    await stores?.stop();
  });

  beforeEach(async () => {
    await store.deliveries.deleteMany({});
    jobs = [];
    replays = new Replays(
      store,
      configuration,
      { enqueue: (job: DeliveryJob) => jobs.push(job) } as unknown as DeliveryQueue,
      { pausedMs: () => 5000 } as unknown as TargetStates,
      new ConfigVersion(),
      fakeClock(NOW),
    );
  });

  const replayed = async (id = 'd1') => {
    const done = await replays.replay(id);
    if (!done.ok) throw new Error(done.why);
    return store.deliveries.findOne({ _id: done.id });
  };

  it('of a test event goes where test events may go by now, and nowhere else', async () => {
    const skipped = { reason: 'test', attempts: 0 };
    await store.deliveries.insertMany([
      row('skipped', skipped),
      row('skipped', { ...skipped, _id: 'd2', target: 'sandbox' }),
    ]);
    expect(await replays.replay('d1')).toMatchObject({ ok: false, code: 'WB_DELIVERY_TEST' });
    expect(await replays.replay('d2')).toMatchObject({ ok: true });
    expect(jobs.map((job) => job.target)).toEqual(['sandbox']);
  });

  it.each(FINAL_STATES)(
    'of a row that is %s is a new row, and the old one stays',
    async (state) => {
      const before = row(state, { log: [], reason: 'deadline' });
      await store.deliveries.insertOne(before);
      const fresh = await replayed();
      expect(fresh).toMatchObject({
        event: 'e1',
        target: 'tap',
        state: 'due',
        replayOf: 'd1',
        attempts: 0,
        crashes: 0,
        at: new Date(NOW),
        wakeAt: new Date(NOW + 30_000),
        pausedMs: 5000,
      });
      expect(fresh?._id).not.toBe('d1');
      for (const name of ['reason', 'token', 'settledAt']) expect(fresh).not.toHaveProperty(name);
      expect(await store.deliveries.findOne({ _id: 'd1' })).toEqual(before);
    },
  );

  it('is offered at once, unclaimed, with the moment that a claim must find', async () => {
    await store.deliveries.insertOne(row('dead'));
    const fresh = await replayed();
    expect(jobs).toEqual([
      {
        target: 'tap',
        ids: [fresh?._id],
        account: 'shop',
        until: fresh?.wakeAt?.getTime(),
        at: NOW,
      },
    ]);
  });

  it('may be done again and again; all of them point to the first row', async () => {
    await store.deliveries.insertOne(row('dead'));
    const one = await replayed();
    await store.deliveries.updateOne({ _id: one?._id ?? '' }, { $set: { state: 'refused' } });
    const two = await replayed(one?._id);
    const three = await replayed();
    expect(new Set([one?._id, two?._id, three?._id]).size).toBe(3);
    expect([two?.replayOf, three?.replayOf]).toEqual(['d1', 'd1']);
  });

  it.each<[string, Partial<DeliveryDoc>, boolean]>([
    ['was tried', { attempts: 1 }, true],
    ['may have arrived', { attempts: 0, unsure: true }, true],
    ['was never sent', { attempts: 0 }, false],
  ])('of what %s asks first where the partner can be asked', async (_name, more, unsure) => {
    await store.deliveries.insertOne(row('dead', { ...more, remoteIds: { id: 'R1' } }));
    const fresh = await replayed();
    expect([fresh?.unsure ?? false, fresh?.remoteIds]).toEqual([unsure, { id: 'R1' }]);
  });

  it.each(OPEN_STATES)('is refused while the row is %s', async (state) => {
    await store.deliveries.insertOne(row(state));
    expect(await replays.replay('d1')).toMatchObject({ ok: false, code: 'WB_DELIVERY_OPEN' });
    expect([await store.deliveries.countDocuments(), jobs]).toEqual([1, []]);
  });

  it('is refused for a row that is not there, or a target that is no longer configured', async () => {
    await store.deliveries.insertOne(row('dead', { target: 'gone' }));
    expect(await replays.replay('nope')).toMatchObject({ code: 'WB_DELIVERY_UNKNOWN' });
    expect(await replays.replay('d1')).toMatchObject({ code: 'WB_TARGET_UNKNOWN' });
    expect([await store.deliveries.countDocuments(), jobs]).toEqual([1, []]);
  });

  describe('of many', () => {
    const dead = (n: number, more: Partial<DeliveryDoc> = {}): DeliveryDoc =>
      row('dead', { _id: `d${n}`, event: `e${n}`, ...more });

    it('under one nonce is one new row for each event and target, however often it is asked for', async () => {
      const rows = [dead(1), dead(2), dead(3, { event: 'e1', replayOf: 'd1' })];
      await store.deliveries.insertMany(rows);
      expect(await replays.replayMany(rows, 'nonce')).toEqual(new Map());
      expect(await replays.replayMany(rows, 'nonce')).toEqual(new Map());
      const fresh = await store.deliveries.find({ state: 'due' }).sort({ event: 1 }).toArray();
      expect(fresh.map(({ event, replayOf }) => [event, replayOf])).toEqual([
        ['e1', 'd1'],
        ['e2', 'd2'],
      ]);
      expect(jobs.map(({ ids }) => ids.length)).toEqual([2]);
    });

    it('has one moment for all, which the claim of any of them finds', async () => {
      let now = NOW;
      Object.assign(replays, { clock: { now: () => (now += 1) } });
      const rows = [dead(1), dead(2), dead(3)];
      await store.deliveries.insertMany(rows);
      await replays.replayMany(rows, 'nonce');
      const fresh = await store.deliveries.find({ state: 'due' }).toArray();
      const moments = new Set(fresh.map(({ wakeAt }) => wakeAt?.getTime()));
      expect([...moments]).toEqual(jobs.map(({ until }) => until));
    });

    it('leaves out what another replay has delivered or is about to, what is open, and what has no target', async () => {
      const rows = [
        dead(1),
        dead(2),
        row('due', { _id: 'd3', event: 'e3' }),
        dead(4, { target: 'gone' }),
        row('skipped', { _id: 'd5', event: 'e5', reason: 'test' }),
        dead(6),
      ];
      const others = [
        row('delivered', { _id: 'r1', event: 'e1', replayOf: 'd1' }),
        row('retry', { _id: 'r2', event: 'e2', replayOf: 'd2' }),
        row('refused', { _id: 'r6', event: 'e6', replayOf: 'd6' }),
      ];
      await store.deliveries.insertMany([...rows, ...others]);
      expect(Object.fromEntries(await replays.replayMany(rows, 'nonce'))).toEqual({
        d1: 'WB_DELIVERY_SENT_SINCE',
        d2: 'WB_DELIVERY_SENT_SINCE',
        d3: 'WB_DELIVERY_SENT_SINCE',
        d4: 'WB_TARGET_UNKNOWN',
        d5: 'WB_DELIVERY_TEST',
      });
      expect(await store.deliveries.countDocuments({ replayOf: 'd6' })).toBe(2);
    });
  });
});
