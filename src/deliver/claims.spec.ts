import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import type { DeliveryDoc, DeliveryState, EventDoc } from '../ledger/documents.js';
import { LedgerStore } from '../ledger/store.js';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { fakeClock, type FakeClock } from '../testing/fake-clock.js';
import { sampleEvent } from '../testing/sample-event.js';
import { Claims, LEASE_MS, type Claimed } from './claims.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const WAKE = NOW + 30_000;

const row = (_id: string, more: Partial<DeliveryDoc> = {}): DeliveryDoc => ({
  _id,
  event: `e-${_id}`,
  target: 'tap',
  account: 'shop',
  type: 'SALE',
  route: 'r',
  configVersion: 1,
  state: 'due',
  wakeAt: new Date(WAKE),
  attempts: 0,
  crashes: 0,
  at: new Date(NOW),
  pausedMs: 0,
  ...more,
});

function eventOf(_id: string): EventDoc {
  const { id: _drop, ...rest } = sampleEvent();
  return { ...rest, _id, at: new Date(NOW) };
}

describe('claims', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let store: LedgerStore;
  let clock: FakeClock;
  let claims: Claims;

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
    await Promise.all([store.deliveries.deleteMany({}), store.events.deleteMany({})]);
    clock = fakeClock(NOW);
    claims = new Claims(store, () => clock.now());
  });

  const insert = (...rows: DeliveryDoc[]) => store.deliveries.insertMany(rows);
  const read = (id: string) => store.deliveries.findOne({ _id: id });

  it('take what waits for the moment that was offered, for a minute', async () => {
    await insert(row('a'), row('b'));
    const taken = await claims.take(['a', 'b', 'gone'], WAKE, false);
    expect(taken.map((claim) => [claim.id, claim.until, claim.row?.state])).toEqual([
      ['a', NOW + LEASE_MS, 'sending'],
      ['b', NOW + LEASE_MS, 'sending'],
    ]);
    expect(await read('a')).toMatchObject({
      state: 'sending',
      token: taken[0]?.token,
      wakeAt: new Date(NOW + LEASE_MS),
    });
  });

  it('leave alone what has moved on since it was offered', async () => {
    await insert(row('a', { wakeAt: new Date(WAKE + 1) }));
    expect(await claims.take(['a'], WAKE, false)).toEqual([]);
    expect(await read('a')).toMatchObject({ state: 'due', wakeAt: new Date(WAKE + 1) });
  });

  it.each<[DeliveryState, boolean]>([
    ['due', true],
    ['retry', true],
    ['held', true],
    ['uncertain', true],
    ['sending', false],
    ['delivered', false],
    ['duplicate', false],
    ['skipped', false],
    ['refused', false],
    ['dead', false],
    ['cancelled', false],
  ])('of a row that is %s: %p', async (state, may) => {
    await insert(row('a', { state }));
    expect(await claims.take(['a'], WAKE, false)).toHaveLength(may ? 1 : 0);
  });

  it('made ahead leave out rows that crashed a process before', async () => {
    await insert(row('a'), row('b', { crashes: 1 }));
    expect((await claims.take(['a', 'b'], WAKE, true)).map((claim) => claim.id)).toEqual(['a']);
    expect((await claims.take(['a', 'b'], WAKE, false)).map((claim) => claim.id)).toEqual(['b']);
  });

  it('of several competitors go to one each', async () => {
    const ids = Array.from({ length: 60 }, (_unused, i) => `d${i}`);
    await insert(...ids.map((id) => row(id)));
    const all = await Promise.all(
      Array.from({ length: 6 }, () => new Claims(store, () => clock.now()).take(ids, WAKE, false)),
    );
    const taken = all.flat().map((claim) => claim.id);
    expect(taken.toSorted()).toEqual(ids.toSorted());
    expect(new Set(all.flatMap((some) => some.map((claim) => claim.token))).size).toBe(
      all.filter((some) => some.length > 0).length,
    );
  });

  it('that are given back are due at once, and no crash', async () => {
    await insert(row('a', { sentAt: new Date(NOW) }), row('b'));
    const taken = await claims.take(['a', 'b'], WAKE, false);
    clock.advance(500);
    await claims.giveBack(taken);
    for (const id of ['a', 'b']) {
      const found = await read(id);
      expect(found).toMatchObject({ state: 'due', crashes: 0, wakeAt: new Date(NOW + 500) });
      for (const name of ['token', 'sentAt']) expect(found).not.toHaveProperty(name);
    }
  });

  /** A store whose first update fails: before MongoDB has it, or behind it, when only the answer is lost. */
  function breaking(when: 'before' | 'behind'): LedgerStore {
    let broken = false;
    const { deliveries } = store;
    const updateMany = async (...args: Parameters<typeof deliveries.updateMany>) => {
      if (broken) return deliveries.updateMany(...args);
      broken = true;
      if (when === 'behind') await deliveries.updateMany(...args);
      throw new Error('connection lost');
    };
    const find = deliveries.find.bind(deliveries);
    return { deliveries: { updateMany, find } } as unknown as LedgerStore;
  }

  it('whose answer was lost are given back, and no crash', async () => {
    await insert(row('a'), row('b', { wakeAt: new Date(WAKE + 1) }));
    claims = new Claims(breaking('behind'), () => clock.now());
    await expect(claims.take(['a', 'b'], WAKE, false)).rejects.toThrow('lost');
    expect(await read('a')).toMatchObject({ state: 'sending' });
    clock.advance(500);
    await claims.giveBackOwed();
    expect(await read('a')).toMatchObject({
      state: 'due',
      crashes: 0,
      wakeAt: new Date(NOW + 500),
    });
    expect(await read('b')).toMatchObject({ state: 'due', wakeAt: new Date(WAKE + 1) });
  });

  it('that MongoDB did not take back are given back later, at the moment that was meant', async () => {
    await insert(row('a'), row('b'));
    const [a, b] = await claims.take(['a', 'b'], WAKE, false);
    claims = new Claims(breaking('before'), () => clock.now());
    await expect(claims.giveBack([a as Claimed], NOW + 5000)).rejects.toThrow('lost');
    await claims.giveBackOwed();
    expect(await read('a')).toMatchObject({ state: 'due', wakeAt: new Date(NOW + 5000) });
    expect(await read('b')).toMatchObject({ state: 'sending', token: b?.token });
  });

  it('that are over are not given back: the sweeper has them', async () => {
    await insert(row('a'));
    claims = new Claims(breaking('behind'), () => clock.now());
    await expect(claims.take(['a'], WAKE, false)).rejects.toThrow('lost');
    clock.advance(LEASE_MS);
    await claims.giveBackOwed();
    clock.advance(-LEASE_MS);
    await claims.giveBackOwed();
    expect(await read('a')).toMatchObject({ state: 'sending' });
  });

  it('cannot be given back by who has lost them', async () => {
    await insert(row('a', { state: 'sending', token: 'theirs' }), row('b'));
    const [b] = await claims.take(['b'], WAKE, false);
    await store.deliveries.updateOne({ _id: 'b' }, { $set: { state: 'delivered' } });
    await claims.giveBack([{ id: 'a', token: 'ours', until: NOW }, b as Claimed]);
    expect(await read('a')).toMatchObject({ state: 'sending', token: 'theirs' });
    expect(await read('b')).toMatchObject({ state: 'delivered' });
  });

  it('are filled in with row and event; what was stolen meanwhile gets none', async () => {
    await insert(
      row('mine', { state: 'sending', token: 't' }),
      row('stolen', { state: 'sending', token: 'theirs' }),
      row('done', { state: 'delivered', token: 't' }),
      row('eventless', { state: 'sending', token: 't' }),
    );
    await store.events.insertMany([eventOf('e-mine'), eventOf('e-stolen'), eventOf('e-done')]);
    const held = ['mine', 'stolen', 'done', 'eventless', 'gone'].map((id): Claimed => ({
      id,
      token: 't',
      until: NOW,
    }));
    await claims.load(held);
    expect(held.map((claim) => [claim.id, claim.row?._id, claim.event?._id])).toEqual([
      ['mine', 'mine', 'e-mine'],
      ['stolen', undefined, undefined],
      ['done', undefined, undefined],
      ['eventless', 'eventless', undefined],
      ['gone', undefined, undefined],
    ]);
  });

  it('mark the moment of sending for their holder only', async () => {
    await insert(row('a'), row('b', { state: 'sending', token: 'theirs' }));
    const [a] = await claims.take(['a'], WAKE, false);
    expect(await claims.markSent(a as Claimed)).toBe(true);
    expect(await read('a')).toMatchObject({ sentAt: new Date(NOW) });
    expect(await claims.markSent({ id: 'b', token: 'ours', until: NOW })).toBe(false);
    expect(await read('b')).not.toHaveProperty('sentAt');
  });
});
