import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { Configuration, type Target } from '../accounts/index.js';
import type { TargetPlugin } from '../contract/index.js';
import type { DeliveryDoc } from '../ledger/documents.js';
import { LedgerStore } from '../ledger/store.js';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { DEADLINE_MS } from '../settle/schedule.js';
import { TargetStates } from '../settle/target-states.js';
import { afterAttempt } from '../settle/transition.js';
import { fakeClock, type FakeClock } from '../testing/fake-clock.js';
import { askedTarget, heldTarget, hookTarget } from '../../test/journey/toys.js';
import type { Lanes } from './lanes.js';
import type { DeliveryJob, DeliveryQueue } from './queue.js';
import { OFFER_MS, Sweeper } from './sweeper.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const HOUR = 3_600_000;
const log = createLog('silent');

const target = (id: string, plugin: unknown): Target => ({
  id,
  plugin: plugin as TargetPlugin,
  settings: {},
  options: { sockets: 1, ratePerSecond: null, test: false, orphanReversals: 'skip' },
});

const targets = [
  target('hook', hookTarget),
  target('asked', askedTarget),
  target('cautious', heldTarget),
];

const configuration = new Configuration({
  accounts: [],
  targets,
  routes: [],
  offers: [],
  programmes: [],
  plugins: [],
  referenced: [],
  warnings: [],
});

const row = (_id: string, more: Partial<DeliveryDoc> = {}): DeliveryDoc => ({
  _id,
  event: `e-${_id}`,
  target: 'hook',
  account: 'shop',
  type: 'SALE',
  route: 'r',
  configVersion: 1,
  state: 'due',
  wakeAt: new Date(NOW),
  attempts: 0,
  crashes: 0,
  at: new Date(NOW - HOUR),
  pausedMs: 0,
  ...more,
});

describe('the sweeper', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let store: LedgerStore;
  let clock: FakeClock;
  let states: TargetStates;
  let metrics: Metrics;
  let jobs: DeliveryJob[];
  let rooms: Record<string, number>;
  let held: boolean;
  let share: ReturnType<Lanes['share']>;
  let expecting: string[];
  let sweeper: Sweeper;

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
    mongo = new MongoStore(mongoose.createConnection(), stores.mongodbUri, log);
    await mongo.open();
    store = new LedgerStore(mongo);
  }, 60_000);

  afterAll(async () => {
    await mongo?.close();
    await stores?.stop();
  });

  beforeEach(async () => {
    await store.deliveries.deleteMany({});
    await mongo.db.collection('target_states').deleteMany({});
    clock = fakeClock(NOW);
    metrics = new Metrics();
    states = new TargetStates(mongo, () => clock.now(), metrics);
    jobs = [];
    rooms = {};
    held = false;
    expecting = [];
    share = { reserve: 0, crowd: [] };
    sweeper = another();
  });

  /** A replica's sweeper; all replicas of a test share the list of jobs. */
  function another(seen: LedgerStore = store): Sweeper {
    const room = (id: string) => (states.paused(id) ? 0 : (rooms[id] ?? 2000));
    return new Sweeper({
      store: seen,
      configuration,
      lanes: {
        room,
        held: () => held,
        share: () => share,
        expectMore: (id: string) => void expecting.push(id),
      } as unknown as Lanes,
      queue: { enqueue: (job: DeliveryJob) => jobs.push(job) } as unknown as DeliveryQueue,
      states,
      clock,
      metrics,
      log,
    });
  }

  const insert = (...rows: DeliveryDoc[]) => store.deliveries.insertMany(rows);
  const read = (id: string) => store.deliveries.findOne({ _id: id });
  const handed = () => jobs.flatMap((job) => job.ids).toSorted();

  it('hands out what is due, once, with the moment that a claim must find', async () => {
    await insert(row('a'), row('b', { state: 'retry' }), row('c', { state: 'held' }));
    expect(await sweeper.tick()).toBe(3);
    expect(jobs).toMatchObject([{ target: 'hook', at: NOW }]);
    const until = jobs[0]?.until ?? 0;
    expect(until).toBeGreaterThanOrEqual(NOW + OFFER_MS);
    expect(until).toBeLessThan(NOW + OFFER_MS + 1000);
    expect(jobs[0]).not.toHaveProperty('token');
    expect(handed()).toEqual(['a', 'b', 'c']);
    expect((await read('a'))?.wakeAt).toEqual(new Date(until));
    expect(await sweeper.tick()).toBe(0);
    clock.advance(OFFER_MS + 1000);
    expect(await sweeper.tick()).toBe(3);
  });

  it('tells the lane when more is due than it handed out, and goes on where the lane asks', async () => {
    await insert(...Array.from({ length: 1100 }, (_unused, i) => row(`d${i}`)));
    expect(await sweeper.tick()).toBe(500);
    expect(expecting).toEqual(['hook']);
    // Asked twice while one is on its way: once is enough, and nothing is handed out under two moments.
    const [first, again] = await Promise.all([sweeper.refill('hook'), sweeper.refill('hook')]);
    expect([first, again]).toEqual([500, 0]);
    expect(await sweeper.refill('hook')).toBe(100);
    expect([expecting, new Set(handed()).size]).toEqual([['hook', 'hook'], 1100]);
    expect(await sweeper.refill('nobody')).toBe(0);
  });

  it('leaves alone what is not due, final, claimed, or of no target', async () => {
    await insert(
      row('later', { wakeAt: new Date(NOW + 1) }),
      row('claimed', { state: 'sending', token: 't', wakeAt: new Date(NOW + 1) }),
      row('nobody', { target: 'gone' }),
    );
    const { wakeAt: _unset, ...final } = row('final', { state: 'delivered' });
    await insert(final);
    const before = await store.deliveries.find().sort({ _id: 1 }).toArray();
    expect(await sweeper.tick()).toBe(0);
    expect([jobs, await store.deliveries.find().sort({ _id: 1 }).toArray()]).toEqual([[], before]);
  });

  it('of two at once hands each row out once', async () => {
    const ids = Array.from({ length: 200 }, (_unused, i) => `d${i}`);
    await insert(...ids.map((id) => row(id)));
    const replicas = [sweeper, another(), another()];
    const counts = await Promise.all(replicas.map((one) => one.tick()));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(new Set(handed())).toEqual(new Set(ids));
  });

  it('takes the oldest first, no more than the lane has room for, and 500 of a target at most', async () => {
    const rows = Array.from({ length: 700 }, (_unused, i) =>
      row(`d${String(i).padStart(3, '0')}`, { wakeAt: new Date(NOW - i) }),
    );
    await insert(...rows);
    rooms['hook'] = 3;
    expect(await sweeper.tick()).toBe(3);
    expect(handed()).toEqual(['d697', 'd698', 'd699']);
    rooms['hook'] = 2000;
    expect(await sweeper.tick()).toBe(500);
    rooms['hook'] = 0;
    expect(await sweeper.tick()).toBe(0);
  });

  it('begins with another target each time', async () => {
    await insert(...targets.map(({ id }) => row(id, { target: id })));
    const order: string[][] = [];
    for (let i = 0; i < 3; i += 1) {
      jobs = [];
      clock.advance(OFFER_MS + 1000);
      await sweeper.tick();
      order.push(jobs.map((job) => job.target));
    }
    expect(new Set(order.map((one) => one[0]))).toEqual(new Set(['hook', 'asked', 'cautious']));
  });

  it('lets the 72 hours of a target that is left alone run: what they end for is dead, the rest untouched', async () => {
    held = true;
    rooms['hook'] = 0;
    await insert(
      row('old', { at: new Date(NOW - DEADLINE_MS), state: 'retry', attempts: 3 }),
      row('young'),
      row('later', { at: new Date(NOW - DEADLINE_MS), wakeAt: new Date(NOW + 1) }),
    );
    expect(await sweeper.tick()).toBe(0);
    expect(await read('old')).toMatchObject({ state: 'dead', reason: 'deadline' });
    for (const id of ['young', 'later']) expect(await read(id)).toMatchObject({ state: 'due' });
    expect(await metrics.registry.metrics()).toContain(
      'waybill_deliveries_total{target="hook",state="dead"} 1',
    );
  });

  it('goes on with the other targets when one of them has a row that it falls over', async () => {
    const broken = row('x', { target: 'cautious', state: 'uncertain', reason: 'hold' });
    await insert({ ...broken, at: null } as unknown as DeliveryDoc);
    await insert(row('a'), row('b', { target: 'asked' }));
    await expect(sweeper.tick()).rejects.toThrow('null');
    expect(handed()).toEqual(['a', 'b']);
  });

  describe('an account that floods a target', () => {
    const flood = (count: number) =>
      insert(
        ...Array.from({ length: count }, (_unused, i) =>
          row(`a${i}`, { account: 'a', wakeAt: new Date(NOW - 3_600_000 + i) }),
        ),
      );

    it('does not hide what is due for another: that is handed out in the same tick, in a job of its own', async () => {
      await flood(600);
      await insert(row('b1', { account: 'b' }), row('c1', { account: 'c', state: 'retry' }));
      share = { reserve: 64, crowd: [] };
      expect(await sweeper.tick()).toBe(502);
      const jobsOf = (account: string) => jobs.filter((job) => job.account === account);
      expect(jobsOf('a').flatMap((job) => job.ids)).toHaveLength(500);
      expect([jobsOf('b')[0]?.ids, jobsOf('c')[0]?.ids]).toEqual([['b1'], ['c1']]);
    });

    it('does not close a full lane to others', async () => {
      await flood(10);
      await insert(row('b1', { account: 'b' }));
      rooms['hook'] = 0;
      share = { reserve: 64, crowd: ['a'] };
      expect(await sweeper.tick()).toBe(1);
      expect(handed()).toEqual(['b1']);
      clock.advance(1000);
      await insert(row('b2', { account: 'b', wakeAt: new Date(NOW + 500) }));
      expect(await sweeper.tick()).toBe(1);
      expect(handed()).toEqual(['b1', 'b2']);
      share = { reserve: 0, crowd: ['a'] };
      await insert(row('b3', { account: 'b', wakeAt: new Date(NOW + 600) }));
      expect(await sweeper.tick()).toBe(0);
    });
  });

  it('leaves the rows of a paused target as they are, expired claims included', async () => {
    await insert(row('a'), row('b', { state: 'sending', token: 't' }));
    await states.pause('hook', 'operator');
    const before = await store.deliveries.find().sort({ _id: 1 }).toArray();
    expect(await sweeper.tick()).toBe(0);
    expect(await store.deliveries.find().sort({ _id: 1 }).toArray()).toEqual(before);
    await states.resume('hook');
    expect(await sweeper.tick()).toBe(2);
  });

  describe('a claim that ended without an outcome', () => {
    const sending = (id: string, more: Partial<DeliveryDoc> = {}) =>
      row(id, { state: 'sending', token: 't', ...more });

    it('may have been sent: it is uncertain, a crash, and offered again', async () => {
      await insert(sending('a'), sending('b', { crashes: 1, sentAt: new Date(NOW) }));
      expect(await sweeper.tick()).toBe(2);
      for (const [id, crashes] of [
        ['a', 1],
        ['b', 2],
      ] as const) {
        const found = await read(id);
        expect(found).toMatchObject({ state: 'uncertain', unsure: true, crashes });
        for (const name of ['token', 'sentAt', 'settledAt']) expect(found).not.toHaveProperty(name);
      }
      expect(handed()).toEqual(['a', 'b']);
      const exposition = await metrics.registry.metrics();
      expect(exposition).toContain('waybill_lease_expiries_total{target="hook"} 2');
    });

    it('is dead of poison after the third', async () => {
      await insert(sending('a', { crashes: 2, begun: 't' }), sending('b', { crashes: 1 }));
      expect(await sweeper.tick()).toBe(1);
      const dead = await read('a');
      expect(dead).toMatchObject({ state: 'dead', reason: 'poison', settledAt: new Date(NOW) });
      for (const name of ['token', 'wakeAt', 'sentAt']) expect(dead).not.toHaveProperty(name);
      expect(handed()).toEqual(['b']);
    });

    it('is no crash of a row on its last chance that had not begun under this claim', async () => {
      await insert(sending('a', { crashes: 2 }), sending('b', { crashes: 2, begun: 'older' }));
      expect(await sweeper.tick()).toBe(2);
      for (const id of ['a', 'b']) {
        expect(await read(id)).toMatchObject({ state: 'due', crashes: 2 });
        expect(await read(id)).not.toHaveProperty('token');
      }
    });

    it.each(['asked', 'cautious'])(
      'was not sent where %s would have written so: it is simply due',
      async (id) => {
        await insert(sending('a', { target: id }));
        expect(await sweeper.tick()).toBe(1);
        const found = await read('a');
        expect(found).toMatchObject({ state: 'due', crashes: 1 });
        expect(found).not.toHaveProperty('unsure');
        expect(handed()).toEqual(['a']);
      },
    );

    it('is asked about first, where the partner can be asked', async () => {
      await insert(sending('a', { target: 'asked', sentAt: new Date(NOW) }));
      expect(await sweeper.tick()).toBe(1);
      expect(await read('a')).toMatchObject({ state: 'uncertain', unsure: true });
    });

    it('waits for a person where the target wants that', async () => {
      await insert(sending('a', { target: 'cautious', sentAt: new Date(NOW) }));
      expect(await sweeper.tick()).toBe(0);
      expect(await read('a')).toMatchObject({ state: 'uncertain', reason: 'hold', unsure: true });
      clock.advance(HOUR);
      expect(await sweeper.tick()).toBe(0);
      expect(jobs).toEqual([]);
    });

    it('that was renewed since it was seen is left alone', async () => {
      await insert(sending('a'));
      const real = store.deliveries;
      // Between the look and the write somebody else acts.
      const updateMany: typeof real.updateMany = async (...args) => {
        const renewed = { wakeAt: new Date(NOW + 60_000), token: 'new' };
        await real.updateOne({ _id: 'a' }, { $set: renewed });
        return real.updateMany(...args);
      };
      const slow = { deliveries: { find: real.find.bind(real), updateMany } };
      expect(await another(slow as unknown as LedgerStore).tick()).toBe(0);
      expect(await read('a')).toMatchObject({ state: 'sending', token: 'new', crashes: 0 });
    });
  });

  describe('a delivery that waits for a person', () => {
    /** As settle leaves it. */
    const held = (more: Partial<DeliveryDoc> = {}) => {
      const before = row('a', { target: 'cautious', state: 'sending', token: 't', ...more });
      const { set } = afterAttempt(
        before,
        { outcome: { kind: 'retry' }, unsure: true, ms: 1, step: 0, newSteps: [] },
        { now: NOW, pausedMs: 0, random: 0.5, hold: true },
      );
      const { token: _gone, ...rest } = before;
      return { ...rest, ...set };
    };
    const deadline = NOW - HOUR + DEADLINE_MS;

    it('is dead at its deadline, not before', async () => {
      await insert(held());
      clock.set(deadline - 1);
      expect(await sweeper.tick()).toBe(0);
      expect(await read('a')).toMatchObject({ state: 'uncertain', reason: 'hold' });
      clock.set(deadline);
      expect(await sweeper.tick()).toBe(0);
      expect(await read('a')).toMatchObject({ state: 'dead', reason: 'deadline' });
      expect(jobs).toEqual([]);
    });

    it('is one as soon as it is found uncertain, whatever made it so', async () => {
      await insert(row('a', { target: 'cautious', state: 'uncertain', wakeAt: new Date(NOW) }));
      await insert(row('b', { target: 'asked', state: 'uncertain', wakeAt: new Date(NOW) }));
      expect(await sweeper.tick()).toBe(1);
      expect(await read('a')).toMatchObject({ state: 'uncertain', reason: 'hold', unsure: true });
      expect((await read('a'))?.wakeAt?.getTime()).toBe(deadline);
      expect(jobs.flatMap(({ ids }) => ids)).toEqual(['b']);
    });

    it('is never sent by itself when a pause has moved the deadline', async () => {
      await insert(held());
      await states.pause('cautious', 'operator');
      clock.advance(HOUR);
      await states.resume('cautious');
      clock.set(deadline + 1);
      expect(await sweeper.tick()).toBe(0);
      expect(jobs).toEqual([]);
      expect(await read('a')).toMatchObject({ state: 'uncertain', reason: 'hold' });
      clock.set(deadline + HOUR + 1);
      await sweeper.tick();
      expect(await read('a')).toMatchObject({ state: 'dead', reason: 'deadline' });
    });

    it('after a crash ends at the same deadline', async () => {
      const sentAt = new Date(NOW);
      await insert(row('a', { target: 'cautious', state: 'sending', token: 't', sentAt }));
      await sweeper.tick();
      clock.set(deadline);
      await sweeper.tick();
      expect(await read('a')).toMatchObject({ state: 'dead', reason: 'deadline' });
    });
  });

  it('stops at a database that does not answer, and says so', async () => {
    await mongo.db.admin().command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['update'], errorCode: 8000 },
    });
    await insert(row('a'));
    await expect(sweeper.tick()).rejects.toThrow('failCommand');
    expect(jobs).toEqual([]);
    expect(await sweeper.tick()).toBe(1);
  });
});
