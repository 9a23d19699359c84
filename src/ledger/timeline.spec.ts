import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import mongoose from 'mongoose';
import type { EventType } from '../contract/index.js';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { sampleEvent } from '../testing/sample-event.js';
import { orderRef, type EventDoc } from './documents.js';
import { LedgerStore } from './store.js';
import { asEvents, orderEvents, parentOf } from './timeline.js';

const minute = (n: number): string => new Date(Date.UTC(2026, 10, 20, 10, n)).toISOString();

/** An event of the account `shop` under these names, `n` minutes after ten. */
function eventOf(
  _id: string,
  type: EventType,
  n: number,
  names: readonly string[],
  more: Partial<EventDoc> = {},
): EventDoc {
  const { id: _drop, ...rest } = sampleEvent({ type, occurredAt: minute(n) });
  const refs = names.map((name) => orderRef('shop', name));
  return { ...rest, _id, refs, at: new Date(minute(n)), ...more };
}

describe('parentOf', () => {
  const click = eventOf('click', 'CLICK', 0, ['A']);
  const lead = eventOf('lead', 'LEAD', 1, ['A']);
  const sale = eventOf('sale', 'SALE', 2, ['A', 'ch_1']);
  const rebill = eventOf('rebill', 'REBILL', 10, ['A', 'ch_2']);
  const chargeback = eventOf('chargeback', 'CHARGEBACK', 20, ['A', 'ch_1']);
  const refund = eventOf('refund', 'REFUND', 21, ['A', 'ch_2']);
  const order = [click, sale, rebill, chargeback, refund];
  const parent = (event: EventDoc, of: readonly EventDoc[] = order) => parentOf(event, of)?._id;
  const asked = (type: EventType, n: number, names: string[], more: Partial<EventDoc> = {}) =>
    eventOf('asked', type, n, names, more);

  const table: [string, EventDoc, string | undefined][] = [
    ['a refund by the charge it shares', asked('REFUND', 30, ['A', 'ch_1']), 'sale'],
    ['a refund of a rebill by its alias', asked('REFUND', 30, ['A', 'ch_2']), 'rebill'],
    ['a refund that names only the order: the latest', asked('REFUND', 30, ['A']), 'rebill'],
    ['… before it', asked('REFUND', 5, ['A']), 'sale'],
    ['a chargeback', asked('CHARGEBACK', 30, ['A', 'ch_1']), 'sale'],
    [
      'a won dispute: the chargeback',
      asked('CHARGEBACK_REVERSED', 30, ['A', 'ch_1']),
      'chargeback',
    ],
    ['a cancellation', asked('CANCELED', 30, ['A']), 'rebill'],
    [
      'an adjustment by the event it names',
      asked('ADJUSTMENT', 30, ['A'], { adjusts: 'sale' }),
      'sale',
    ],
    [
      'a refund by the event it names',
      asked('REFUND', 30, ['A', 'ch_1'], { reverses: 'rebill' }),
      'rebill',
    ],
    ['a clock that ran behind: the sale after it', asked('REFUND', 0, ['A', 'ch_1']), 'sale'],
  ];

  it.each(table)('%s', (_name, event, wanted) => {
    expect(parent(event)).toBe(wanted);
  });

  it('of a refund is what was paid, not the lead that has the same number', () => {
    expect(parent(asked('REFUND', 30, ['A']), [lead, sale])).toBe('sale');
  });

  it('of a rejected lead is the lead', () => {
    expect(parent(asked('REJECTED_LEAD', 5, ['A']), [lead, sale])).toBe('lead');
  });

  it('is nobody when the sale is not there yet, or only the click is', () => {
    const early = asked('REFUND', 1, ['A']);
    expect([parent(early, []), parent(early, [early]), parent(early, [click])]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(parent(asked('CHARGEBACK_REVERSED', 30, ['A']), [sale, rebill])).toBeUndefined();
  });

  it('is never another reversal, nor the event itself', () => {
    const other = asked('REFUND', 30, ['A', 'ch_2']);
    expect(parent(other, [other, refund, chargeback])).toBeUndefined();
  });

  it('is waited for when it is named but not there: another event of the order is not it', () => {
    const named = asked('REFUND', 30, ['A'], { reverses: 'rebill' });
    expect(parent(named, [sale])).toBeUndefined();
  });
});

describe('orderEvents', () => {
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

  const clear = () => Promise.all([store.events.deleteMany({}), store.links.deleteMany({})]);
  beforeEach(clear);

  const link = (names: readonly string[]) => ({
    _id: names.join('+'),
    account: 'shop',
    refs: names.map((name) => orderRef('shop', name)),
    at: new Date(minute(0)),
  });

  const ids = async (...names: string[]) =>
    (
      await orderEvents(
        store,
        names.map((name) => orderRef('shop', name)),
      )
    ).map((one) => one._id);

  it('finds the order by any of its names, oldest first', async () => {
    await store.events.insertMany([
      eventOf('refund', 'REFUND', 9, ['ch_1']),
      eventOf('sale', 'SALE', 1, ['A', 'ch_1']),
      eventOf('other', 'SALE', 1, ['B']),
      eventOf('click', 'CLICK', 0, []),
    ]);
    for (const name of ['A', 'ch_1']) expect(await ids(name)).toEqual(['sale', 'refund']);
    expect(await ids('nobody')).toEqual([]);
    expect(await ids()).toEqual([]);
  });

  it('meets an invoice, its charge and its refund although no notification names all three', async () => {
    await store.events.insertMany([
      eventOf('invoice', 'SALE', 1, ['in_1']),
      eventOf('refund', 'REFUND', 5, ['re_1', 'ch_1']),
    ]);
    expect(await ids('re_1')).toEqual(['refund']);
    await store.links.insertMany([link(['in_1', 'pi_1']), link(['pi_1', 'ch_1'])]);
    expect(await ids('re_1')).toEqual(['invoice', 'refund']);
    expect(await ids('in_1')).toEqual(['invoice', 'refund']);
    expect(await ids('pi_1')).toEqual(['invoice', 'refund']);
  });

  it('keeps accounts apart that use the same order number', async () => {
    await store.events.insertMany([
      eventOf('ours', 'SALE', 1, ['A']),
      { ...eventOf('theirs', 'SALE', 1, []), refs: [orderRef('elsewhere', 'A')] },
    ]);
    expect(await ids('A')).toEqual(['ours']);
  });

  it('tells the same of an order whatever came in first', async () => {
    const sale = eventOf('sale', 'SALE', 1, ['A', 'pi_1']);
    const twin = eventOf('twin', 'SALE', 1, ['A']);
    const rebill = eventOf('rebill', 'REBILL', 5, ['A', 'pi_2']);
    const refund = eventOf('refund', 'REFUND', 9, ['ch_2']);
    const parts = [sale, twin, rebill, refund, link(['pi_2', 'ch_2']), link(['pi_1', 'ch_1'])];
    const parents = new Set<string | undefined>();
    const shuffled = fc.shuffledSubarray(parts, { minLength: parts.length });
    await fc.assert(
      fc.asyncProperty(shuffled, fc.constantFrom('A', 'ch_2', 'pi_1'), async (order, name) => {
        await clear();
        for (const one of order) {
          if ('type' in one) await store.events.insertOne(one);
          else await store.links.insertOne(one);
        }
        const found = await orderEvents(store, [orderRef('shop', name)]);
        expect(found.map((one) => one._id)).toEqual(['sale', 'twin', 'rebill', 'refund']);
        parents.add(parentOf(refund, found)?._id);
        expect(parents.size).toBe(1);
      }),
      { numRuns: 25 },
    );
  });

  it('ties a refund to the rebill that only a link leads to', async () => {
    const refund = eventOf('refund', 'REFUND', 9, ['ch_2']);
    await store.events.insertMany([
      eventOf('sale', 'SALE', 1, ['A']),
      eventOf('rebill', 'REBILL', 5, ['A', 'pi_2']),
      refund,
    ]);
    await store.links.insertOne(link(['pi_2', 'ch_2']));
    const found = await orderEvents(store, [orderRef('shop', 'ch_2')]);
    expect(parentOf(refund, found)?._id).toBe('rebill');
  });

  it('shows plugins the event, not what only the database needs', async () => {
    await store.events.insertOne(eventOf('sale', 'SALE', 1, ['A']));
    const [seen] = asEvents(await orderEvents(store, [orderRef('shop', 'A')]));
    expect(seen).toMatchObject({ id: 'sale', type: 'SALE' });
    for (const name of ['_id', 'refs', 'at']) expect(seen).not.toHaveProperty(name);
  });
});
