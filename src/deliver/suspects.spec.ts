import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { Configuration, type Target } from '../accounts/index.js';
import type { TargetPlugin } from '../contract/index.js';
import type { DeliveryDoc, EventDoc } from '../ledger/documents.js';
import { LedgerStore } from '../ledger/store.js';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MongoStore, StoreAwayError } from '../platform/mongo/mongo-store.js';
import { Settler } from '../settle/settler.js';
import { TargetStates } from '../settle/target-states.js';
import { fakeClock, type FakeClock } from '../testing/fake-clock.js';
import { hookTarget } from '../../test/journey/toys.js';
import type { Attempted, Attempts } from './attempt.js';
import { Claims, LEASE_MS, type Claimed } from './claims.js';
import { HeldChildren } from './held-children.js';
import type { Lanes } from './lanes.js';
import type { DeliveryJob, DeliveryQueue } from './queue.js';
import { Sender, type From } from './sender.js';
import { Sweeper } from './sweeper.js';

const log = createLog('silent');
const target: Target = {
  id: 'hook',
  plugin: hookTarget as unknown as TargetPlugin,
  settings: {},
  options: { sockets: 8, ratePerSecond: null, test: false, orphanReversals: 'skip' },
};
const none = { accounts: [], routes: [], offers: [], programmes: [] };
const configuration = new Configuration({
  ...none,
  targets: [target],
  plugins: [],
  referenced: [],
  warnings: [],
});

const DELIVERED: Attempted = {
  transition: { set: { state: 'delivered' }, unset: ['token', 'wakeAt'], attempts: 1, final: true },
};

describe('deliveries that end their process', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let store: LedgerStore;
  let clock: FakeClock;
  let states: TargetStates;
  let metrics: Metrics;
  let jobs: DeliveryJob[];
  let sweeper: Sweeper;
  let claims: Claims;

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
    clock = fakeClock();
    metrics = new Metrics();
    states = new TargetStates(mongo, () => clock.now(), metrics);
    claims = new Claims(store, () => clock.now());
    jobs = [];
    const lanes = { room: () => 500, held: () => false, share: () => ({ reserve: 0, crowd: [] }) };
    const queue = { enqueue: (job: DeliveryJob) => jobs.push(job) };
    sweeper = new Sweeper({
      ...{ store, configuration, states, clock, metrics, log },
      lanes: lanes as unknown as Lanes,
      queue: queue as unknown as DeliveryQueue,
    });
  });

  const insert = (...ids: string[]) =>
    store.deliveries.insertMany(
      ids.map((_id): DeliveryDoc => ({
        ...{ _id, event: `e-${_id}`, target: 'hook', account: 'shop', type: 'SALE', route: 'r' },
        ...{ configVersion: 1, state: 'due', attempts: 0, crashes: 0, pausedMs: 0 },
        wakeAt: new Date(clock.now()),
        at: new Date(clock.now()),
      })),
    );
  const read = async (id: string) => (await store.deliveries.findOne({ _id: id })) ?? undefined;
  const crashesOf = async (id: string) => (await read(id))?.crashes;

  /** A process: what its attempts do with each row decides the test. */
  function processThat(run: (id: string) => Promise<Attempted | undefined>) {
    const settler = new Settler(store, () => clock.now(), metrics, log);
    const began: string[] = [];
    const attempts = {
      run: (claim: Claimed) => {
        began.push(claim.id);
        return run(claim.id);
      },
    };
    const sender = new Sender({
      ...{ claims, settler, states, clock, metrics, log },
      attempts: attempts as unknown as Attempts,
      children: new HeldChildren(store),
    });
    const lane = {
      admission: { record: () => undefined, close: () => undefined },
      empty: () => Promise.resolve(),
    };
    const from = { target, pool: {}, lane } as unknown as From;
    const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
    return {
      began,
      /** Sweeps, claims all that was handed out, sends it side by side, `first` before the others. */
      work: async (first = 'poison') => {
        jobs.length = 0;
        await sweeper.tick();
        const taken: Claimed[] = [];
        for (const job of jobs) taken.push(...(await claims.take(job.ids, job.until, false)));
        const order = taken.toSorted((x) => (x.id === first ? -1 : 1));
        let busy = order.length;
        for (const claim of order) {
          claim.event = { _id: claim.row?.event } as EventDoc;
          const over = () => (busy -= 1);
          void sender.send(claim, from, () => undefined).then(over, over);
        }
        for (let i = 0; i < 300 && busy > 0; i += 1) await turn();
        await settler.flush();
        return order.map((claim) => claim.id);
      },
    };
  }

  const never = new Promise<Attempted | undefined>(() => undefined);
  const crashing = () => processThat(() => never);
  /** The process is gone; its claims run out. */
  const crash = () => clock.advance(LEASE_MS + 1000);
  const neighbours = ['n1', 'n2', 'n3', 'n4'];

  it('are dead after the third time, and take none of their neighbours along', async () => {
    await insert('poison', ...neighbours);
    for (const crashes of [1, 2]) {
      await crashing().work();
      crash();
      await sweeper.tick();
      for (const id of ['poison', ...neighbours]) expect(await crashesOf(id)).toBe(crashes);
      clock.advance(62_000);
    }
    const last = crashing();
    expect(await last.work()).toHaveLength(5);
    expect(last.began).toEqual(['poison']);
    crash();
    await sweeper.tick();
    expect(await read('poison')).toMatchObject({ state: 'dead', reason: 'poison' });
    for (const id of neighbours) expect(await crashesOf(id)).toBe(2);
    const good = processThat(() => Promise.resolve(DELIVERED));
    for (let i = 0; i < neighbours.length * 2; i += 1) {
      clock.advance(62_000);
      await good.work();
    }
    for (const id of neighbours) expect((await read(id))?.state).toBe('delivered');
  });

  it('do not harm who is claimed beside them on a last chance, whoever begins', async () => {
    await insert('poison', ...neighbours);
    await store.deliveries.updateMany({}, { $set: { crashes: 2 } });
    const one = processThat((id) => (id === 'n1' ? Promise.resolve(DELIVERED) : never));
    await one.work('n1');
    expect(one.began[0]).toBe('n1');
    crash();
    await sweeper.tick();
    const dead = await store.deliveries.find({ state: 'dead' }).toArray();
    // The one that began after it, if any: the others were not at work.
    expect(dead.map((row) => row._id).filter((id) => !one.began.includes(id))).toEqual([]);
    expect(dead.length).toBeLessThanOrEqual(1);
    expect((await read('n1'))?.state).toBe('delivered');
  });

  it('that our own code falls over count as crashes, wait between them, and end as poison', async () => {
    await insert('poison');
    const one = processThat(() => Promise.reject(new TypeError('at is not a date')));
    for (const crashes of [1, 2]) {
      await one.work();
      expect(await read('poison')).toMatchObject({ state: 'due', crashes });
      expect(await one.work()).toEqual([]);
      clock.advance(30_000 * crashes);
    }
    await one.work();
    expect(await read('poison')).toMatchObject({ state: 'dead', reason: 'poison' });
    expect(one.began).toHaveLength(3);
    expect(await metrics.registry.metrics()).toContain(
      'waybill_deliveries_total{target="hook",state="dead"} 1',
    );
  });

  it('only because MongoDB was away are no suspects', async () => {
    await insert('a');
    const one = processThat(() => Promise.reject(new StoreAwayError()));
    for (let i = 0; i < 4; i += 1) await one.work();
    expect(await read('a')).toMatchObject({ state: 'due', crashes: 0 });
    expect(one.began).toHaveLength(4);
  });
});
