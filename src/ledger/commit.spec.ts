import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import mongoose from 'mongoose';
import type { PlannedDelivery } from '../contract/index.js';
import { onMongo } from '../platform/embedded/testing-clients.js';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { deliveryId, eventId } from '../platform/ids/ids.js';
import { createLog } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { fakeClock } from '../testing/fake-clock.js';
import { sampleEvent } from '../testing/sample-event.js';
import { flushGroup, type CommitRequest, type CommitResult } from './commit.js';
import type { DeliveryDoc, EventDoc, ReceiptDoc } from './documents.js';
import { UnstorableError } from './insert.js';
import { BORN_LEASE_MS, Ledger, type Committed } from './ledger.js';
import { LedgerStore } from './store.js';

const AT = new Date('2026-11-20T10:00:00.000Z');
/** Deeper than any document of MongoDB may be. */
const NESTED = JSON.parse('{"a":'.repeat(250) + '1' + '}'.repeat(250)) as string;

const receiptOf = (
  _id: string,
  eventIds: string[],
  more: Partial<ReceiptDoc> = {},
): ReceiptDoc => ({
  _id,
  account: 'shop',
  source: 'toy',
  state: 'recorded',
  via: 'network',
  at: AT,
  method: 'POST',
  query: '',
  headers: {},
  raw: Buffer.from('{}'),
  trust: 'signed',
  credential: 'current',
  eventIds,
  ...more,
});

function eventOf(key: string, receiptId: string, hash: string, targets: string[]): EventDoc {
  const plan: PlannedDelivery[] = targets.map((target) => ({
    target,
    route: 'r',
    configVersion: 1,
  }));
  const { id: _id, ...rest } = sampleEvent({ receiptId, contentHash: hash });
  return { ...rest, plan, _id: eventId('shop', key), at: AT };
}

const rowOf = (event: EventDoc, target: string): DeliveryDoc => ({
  _id: deliveryId(event._id, target),
  event: event._id,
  target,
  account: 'shop',
  type: event.type,
  route: 'r',
  configVersion: 1,
  state: 'due',
  wakeAt: new Date(AT.getTime() + 30_000),
  attempts: 0,
  crashes: 0,
  at: AT,
  pausedMs: 0,
});

interface Wish {
  readonly keys?: readonly string[];
  readonly hash?: string;
  readonly targets?: string[];
  readonly receipt?: Partial<ReceiptDoc>;
}

/** What one notification writes. */
function request(id: string, wish: Wish = {}): CommitRequest {
  const { keys = ['k1'], hash = 'h', targets = ['one', 'two'] } = wish;
  const events = keys.map((key) => eventOf(key, id, hash, targets));
  const rows = events.flatMap((event) => targets.map((target) => rowOf(event, target)));
  const receipt = receiptOf(
    id,
    events.map((event) => event._id),
    wish.receipt,
  );
  return { receipt, events, rows, links: [] };
}

const poison = (id: string, keys: readonly string[]): CommitRequest =>
  request(id, { keys, receipt: { headers: { deep: NESTED } } });

const states = (results: readonly (CommitResult | Error)[]) =>
  results.map((result) => (result instanceof Error ? result.constructor.name : result.state));

describe('a commit', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let store: LedgerStore;

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
    const all = [store.receipts, store.events, store.deliveries, store.links];
    await Promise.all(all.map((collection) => collection.deleteMany({})));
  });

  const failCommand = (
    data: Record<string, unknown>,
    mode: 'alwaysOn' | 'off' | { times: number } = { times: 1 },
  ) =>
    onMongo(stores.mongodbUri, (db) =>
      db.client.db('admin').command({ configureFailPoint: 'failCommand', mode, data }),
    );

  const stored = async () => ({
    receipts: Object.fromEntries(
      (await store.receipts.find().sort({ _id: 1 }).toArray()).map((one) => [one._id, one.state]),
    ),
    events: await store.events.countDocuments(),
    rows: await store.deliveries.countDocuments(),
  });

  it('writes receipt, event and rows, and hands the rows on', async () => {
    const one = request('r1');
    const flushed = await flushGroup(store, [one]);
    const [event] = one.events;
    expect(flushed.results).toEqual([
      { state: 'recorded', receiptId: 'r1', recorded: [event?._id] },
    ]);
    expect(flushed.rows.map((row) => row.target)).toEqual(['one', 'two']);
    expect(flushed.events.get(event?._id ?? '')).toBe(event);
    expect(await stored()).toEqual({ receipts: { r1: 'recorded' }, events: 1, rows: 2 });
  });

  it('waits for a majority and its journal', async () => {
    await flushGroup(store, [request('r0')]);
    const { writeConcern } = store.receipts;
    expect(writeConcern).toMatchObject({ w: 'majority', wtimeoutMS: 5000 });
    expect(writeConcern?.journal ?? writeConcern?.j).toBe(true);
  });

  it('counts one sale once, three times in one group and again later', async () => {
    const first = await flushGroup(
      store,
      ['r1', 'r2', 'r3'].map((id) => request(id)),
    );
    expect(states(first.results)).toEqual(['recorded', 'repeat', 'repeat']);
    expect(first.rows).toHaveLength(2);
    const later = await flushGroup(store, [request('r4')]);
    expect(states(later.results)).toEqual(['repeat']);
    expect(later.results[0]).toMatchObject({ recorded: [] });
    // Rows of duplicates belong to somebody else by now: handing them on would send twice.
    expect(later.rows).toEqual([]);
    expect(await stored()).toEqual({
      receipts: { r1: 'recorded', r2: 'repeat', r3: 'repeat', r4: 'repeat' },
      events: 1,
      rows: 2,
    });
  });

  it('flags the same key with other content, in one group and later', async () => {
    const both = await flushGroup(store, [request('r1'), request('r2', { hash: 'other' })]);
    const later = await flushGroup(store, [request('r3', { hash: 'third' })]);
    expect(states([...both.results, ...later.results])).toEqual([
      'recorded',
      'conflict',
      'conflict',
    ]);
    expect((await store.events.findOne())?.contentHash).toBe('h');
    expect((await stored()).receipts).toEqual({ r1: 'recorded', r2: 'conflict', r3: 'conflict' });
  });

  it('records a notification that brings one new event beside a known one', async () => {
    await flushGroup(store, [request('r1', { keys: ['k1'] })]);
    const { results } = await flushGroup(store, [request('r2', { keys: ['k1', 'k2'] })]);
    expect(results).toEqual([
      { state: 'recorded', receiptId: 'r2', recorded: [eventId('shop', 'k2')] },
    ]);
  });

  it('keeps the frozen plan: a repeat under a newer plan makes no rows', async () => {
    await flushGroup(store, [request('r1', { targets: ['one'] })]);
    const repeat = await flushGroup(store, [request('r2', { targets: ['one', 'two'] })]);
    expect(repeat.rows).toEqual([]);
    expect((await store.deliveries.find().toArray()).map((row) => row.target)).toEqual(['one']);
  });

  it('mends a half: a repeat writes the rows that its event is owed', async () => {
    await flushGroup(store, [request('r1')]);
    await store.deliveries.deleteOne({ target: 'two' });
    const repeat = await flushGroup(store, [request('r2')]);
    expect(repeat.rows.map((row) => row.target)).toEqual(['two']);
    expect(states(repeat.results)).toEqual(['repeat']);
  });

  it('keeps a parked receipt parked', async () => {
    const parked: CommitRequest = {
      receipt: receiptOf('r1', [], { state: 'parked', reason: 'why' }),
      events: [],
      rows: [],
      links: [],
    };
    expect(states((await flushGroup(store, [parked])).results)).toEqual(['parked']);
    expect((await stored()).receipts).toEqual({ r1: 'parked' });
  });

  describe('with a document that cannot be stored', () => {
    const group = () => [
      request('r1', { keys: ['k1'] }),
      poison('r2', ['k2']),
      request('r3', { keys: ['k3'] }),
      request('r4', { keys: ['k1'] }),
      request('r5', { keys: ['k5'] }),
    ];

    it('fails alone; its neighbours are recorded as if it had not been there', async () => {
      const { results } = await flushGroup(store, group());
      expect(states(results)).toEqual([
        'recorded',
        'UnstorableError',
        'recorded',
        'repeat',
        'recorded',
      ]);
      // Stored by the first try or by a halved one: the neighbours' events are theirs all the same.
      expect(results[2]).toMatchObject({ recorded: [eventId('shop', 'k3')] });
      expect((await stored()).receipts).toEqual({
        r1: 'recorded',
        r3: 'recorded',
        r4: 'repeat',
        r5: 'recorded',
      });
    });

    it('does not keep its neighbours from being handed on', async () => {
      const { rows } = await flushGroup(store, group());
      const wanted = ['k1', 'k3', 'k5'].map((key) => eventId('shop', key));
      expect(new Set(rows.map((row) => row.event))).toEqual(new Set(wanted));
    });

    it.each([
      ['a NUL in a name', { headers: { 'a\0b': 'x' } }],
      ['17 MB', { raw: Buffer.alloc(17 * 1024 * 1024) }],
    ])('means %s as well', async (_what, receipt) => {
      const { results } = await flushGroup(store, [
        request('r1', { keys: ['k1'], receipt }),
        request('r2', { keys: ['k2'] }),
      ]);
      expect(results[0]).toBeInstanceOf(UnstorableError);
      expect(states(results)[1]).toBe('recorded');
    });
  });

  describe('that the server does not confirm', () => {
    const concern = { code: 64, errmsg: 'waiting for replication timed out' };

    it.each(['receipts', 'events', 'deliveries'])(
      'fails as a whole when only %s report a write concern error',
      async (name) => {
        const namespace = `${mongo.db.databaseName}.${name}`;
        await failCommand({ failCommands: ['insert'], writeConcernError: concern, namespace });
        await expect(flushGroup(store, [request('r1')])).rejects.toMatchObject({
          code: 'WB_STORE_AWAY',
        });
      },
    );

    it('fails for repeats, too: what they repeat may be rolled back', async () => {
      await flushGroup(store, [request('r1')]);
      const namespace = `${mongo.db.databaseName}.events`;
      await failCommand({ failCommands: ['insert'], writeConcernError: concern, namespace });
      await expect(flushGroup(store, [request('r2')])).rejects.toMatchObject({
        code: 'WB_STORE_AWAY',
      });
    });

    // The driver wraps all of these into a bulk write error without a single write error.
    it.each([
      ['a broken connection', { closeConnection: true }],
      ['a step-down', { errorCode: 10_107 }],
      ['a shutdown', { errorCode: 91 }],
      ['an interruption', { errorCode: 11_602 }],
      ['a time limit', { errorCode: 50 }],
    ])('fails as a whole on %s, without trying every half of the group', async (_what, fault) => {
      const group = Array.from({ length: 8 }, (_unused, i) =>
        request(`r${i}`, { keys: [`k${i}`] }),
      );
      const tries = jest.spyOn(store, 'receipts', 'get');
      await failCommand({ failCommands: ['insert'], ...fault }, 'alwaysOn');
      const [outcome] = await Promise.allSettled([flushGroup(store, group)]);
      const tried = tries.mock.calls.length;
      tries.mockRestore();
      await failCommand({}, 'off');
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'WB_STORE_AWAY' } });
      expect(tried).toBe(1);
      const again = await flushGroup(store, group);
      expect(states(again.results)).toEqual(group.map(() => 'recorded'));
    });
  });

  describe('through the ledger', () => {
    const clock = fakeClock(AT.getTime());
    const until = AT.getTime() + BORN_LEASE_MS;
    let ledger: Ledger;
    let told: Committed[];

    beforeEach(() => {
      ledger = new Ledger(store, clock, new Metrics());
      told = [];
      ledger.onCommitted((committed) => told.push(committed));
    });

    it('bears rows claimed where the lane takes them, and tells deliver after the answer', async () => {
      ledger.setBirth({
        mayClaim: (target) => target === 'one',
        pausedMs: () => 77,
        retiring: false,
      });
      await ledger.commit(request('r1'));
      const [committed] = told;
      expect(told).toHaveLength(1);
      const rows = await store.deliveries.find().sort({ target: 1 }).toArray();
      expect(rows).toMatchObject([
        { state: 'sending', token: committed?.token, pausedMs: 77, wakeAt: new Date(until) },
        { state: 'due', pausedMs: 77, wakeAt: new Date(until) },
      ]);
      expect(rows[1]).not.toHaveProperty('token');
      expect(committed).toMatchObject({ until, rows: [{ target: 'one' }, { target: 'two' }] });
    });

    it('bears neither held nor skipped rows claimed', async () => {
      ledger.setBirth({ mayClaim: () => true, pausedMs: () => 0, retiring: false });
      const one = request('r1');
      const [held, skipped] = one.rows;
      Object.assign(held ?? {}, { state: 'held', reason: 'parent' });
      Object.assign(skipped ?? {}, { state: 'skipped', reason: 'test' });
      delete skipped?.wakeAt;
      await ledger.commit(one);
      const rows = await store.deliveries.find().sort({ target: 1 }).toArray();
      expect(rows.map((row) => [row.state, row.token])).toEqual([
        ['held', undefined],
        ['skipped', undefined],
      ]);
      expect(rows[1]).not.toHaveProperty('wakeAt');
    });

    it('leaves what is born while the process ends to whoever sweeps next, at once', async () => {
      ledger.setBirth({ mayClaim: () => false, pausedMs: () => 0, retiring: true });
      await ledger.commit(request('r1'));
      const row = await store.deliveries.findOne();
      expect(row).toMatchObject({ state: 'due', wakeAt: AT });
      expect(row).not.toHaveProperty('token');
    });

    it('rejects, remembers the failure and tells nobody when nothing was confirmed', async () => {
      await failCommand({ failCommands: ['insert'], writeConcernError: { code: 64, errmsg: 'x' } });
      await expect(ledger.commit(request('r1'))).rejects.toMatchObject({ code: 'WB_STORE_AWAY' });
      expect([told, ledger.lastFailure]).toEqual([[], AT.getTime()]);
    });
  });
});
