import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { Configuration, type Route, type Target } from '../accounts/index.js';
import type { EventType, TargetPlugin } from '../contract/index.js';
import {
  FINAL_STATES,
  OPEN_STATES,
  orderRef,
  type DeliveryDoc,
  type DeliveryState,
  type EventDoc,
} from '../ledger/documents.js';
import { LedgerStore } from '../ledger/store.js';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { deliveryId } from '../platform/ids/ids.js';
import { createLog } from '../platform/log/log.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { ConfigVersion } from '../route/config-version.js';
import { Planner } from '../route/planner.js';
import { sampleEvent } from '../testing/sample-event.js';
import { hookTarget } from '../../test/journey/toys.js';
import { holdMs, ORPHAN_MS, Parents, type OrderView } from './parents.js';

const AT = Date.parse('2026-11-20T10:00:00.000Z');

function eventOf(_id: string, type: EventType, more: Partial<EventDoc> = {}): EventDoc {
  const { id: _drop, ...rest } = sampleEvent({ type, attribution: { clickId: null } });
  return { ...rest, _id, refs: [orderRef('acme', 'ORD1')], at: new Date(AT), ...more };
}

const row = (
  event: string,
  state: DeliveryState,
  more: Partial<DeliveryDoc> = {},
): DeliveryDoc => ({
  _id: deliveryId(event, 'tap'),
  event,
  target: 'tap',
  account: 'acme',
  type: 'SALE',
  route: 'r',
  configVersion: 1,
  state,
  attempts: 1,
  crashes: 0,
  at: new Date(AT),
  pausedMs: 0,
  ...more,
});

function planner(events: EventType[] | null): Planner {
  const target: Target = {
    id: 'tap',
    plugin: hookTarget as unknown as TargetPlugin,
    settings: {},
    options: { sockets: 1, ratePerSecond: null, test: false, orphanReversals: 'skip' },
  };
  const route: Route = {
    id: 'r',
    from: '*',
    to: ['tap'],
    events,
    test: false,
    offers: null,
    affiliates: null,
    settingsFor: new Map(),
    specificity: 0,
  };
  const configuration = new Configuration({
    accounts: [],
    targets: [target],
    routes: [route],
    offers: [],
    programmes: [],
    plugins: [],
    referenced: [],
    warnings: [],
  });
  return new Planner(configuration, new ConfigVersion());
}

const sale = eventOf('sale', 'SALE');
const refund = eventOf('refund', 'REFUND', { occurredAt: '2026-11-20T11:00:00.000Z' });

describe('a reversal', () => {
  const verdict = (
    rows: DeliveryDoc[],
    {
      events = [sale, refund],
      age = 0,
      orphans = false,
      listens = null as EventType[] | null,
    } = {},
  ) =>
    new Parents({} as LedgerStore, planner(listens)).verdict(
      refund,
      'tap',
      { events, rows },
      age,
      orphans,
    );

  it.each(OPEN_STATES)('waits while its sale is %s', (state) => {
    const wait = { kind: 'wait', parent: deliveryId('sale', 'tap') };
    expect(verdict([row('sale', state)])).toEqual(wait);
    expect(verdict([row('sale', state)], { orphans: true })).toEqual(wait);
  });

  it.each<[DeliveryState, string]>([
    ['delivered', 'go'],
    ['duplicate', 'go'],
    ['skipped', 'skip'],
    ['refused', 'skip'],
    ['dead', 'skip'],
    ['cancelled', 'skip'],
  ])('whose sale was %s: %s', (state, kind) => {
    expect(FINAL_STATES).toContain(state);
    expect(verdict([row('sale', state)]).kind).toBe(kind);
    // A target that wants orphans gets them in any case.
    expect(verdict([row('sale', state)], { orphans: true }).kind).toBe('go');
  });

  it.each<[string, number, boolean, string]>([
    ['at once', 0, false, 'wait'],
    ['after almost a day', ORPHAN_MS - 1, false, 'wait'],
    ['after a day', ORPHAN_MS, false, 'skip'],
    ['at once, orphans wanted', 0, true, 'wait'],
    ['after a minute, orphans wanted', 60_000, true, 'go'],
  ])('of an unknown sale, %s (%p ms)', (_name, age, orphans, kind) => {
    expect(verdict([], { events: [refund], age, orphans }).kind).toBe(kind);
  });

  it('goes where the target listens to reversals only', () => {
    expect(verdict([], { listens: ['REFUND'] }).kind).toBe('go');
  });

  it('is skipped where the target should have had the sale, and never was to get it', () => {
    expect(verdict([]).kind).toBe('skip');
    expect(verdict([], { orphans: true }).kind).toBe('go');
  });

  it('waits for a row that the plan of its sale promises: it is being written, or will be mended', () => {
    const plan = [{ target: 'tap', route: 'r', configVersion: 1 }];
    expect(verdict([], { events: [{ ...sale, plan }, refund] }).kind).toBe('wait');
  });

  it.each<[string, DeliveryState, DeliveryState, string]>([
    ['refused, its replay delivered', 'refused', 'delivered', 'go'],
    ['refused, its replay under way', 'refused', 'due', 'wait'],
    ['delivered, its replay under way', 'delivered', 'due', 'go'],
    ['dead, its replay dead', 'dead', 'dead', 'skip'],
  ])('of a sale that was %s', (_name, first, second, kind) => {
    const rows = [row('sale', first), row('sale', second, { _id: 'again', replayOf: 'x' })];
    expect(verdict(rows).kind).toBe(kind);
    expect(verdict(rows.toReversed()).kind).toBe(kind);
  });

  it('is the only thing that waits: a sale goes', () => {
    const parents = new Parents({} as LedgerStore, planner(null));
    expect(parents.verdict(sale, 'tap', { events: [], rows: [] }, 0, false).kind).toBe('go');
  });

  it('is looked at again after a quarter of its age, within 1 s and 15 min', () => {
    expect([0, 3999, 8000, 60_000, 1e9].map(holdMs)).toEqual([1000, 1000, 2000, 15_000, 900_000]);
  });
});

describe('what a target was told of an order', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let store: LedgerStore;
  let parents: Parents;

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
    mongo = new MongoStore(mongoose.createConnection(), stores.mongodbUri, createLog('silent'));
    await mongo.open();
    store = new LedgerStore(mongo);
    parents = new Parents(store, planner(null));
  }, 60_000);

  afterAll(async () => {
    await mongo?.close();
    await stores?.stop();
  });

  beforeEach(async () => {
    await Promise.all([store.events.deleteMany({}), store.deliveries.deleteMany({})]);
  });

  const clicked = { ...sampleEvent().attribution, clickId: 'clk1' };

  it('is the order, its click, and the rows of this target, replays included', async () => {
    const other = eventOf('other', 'SALE', { refs: [orderRef('acme', 'ORD2')] });
    const click = eventOf('click', 'CLICK', { refs: [], attribution: clicked });
    const asked = { ...refund, attribution: clicked };
    await store.events.insertMany([sale, asked, other, click]);
    await store.deliveries.insertMany([
      row('sale', 'refused', { remoteIds: { id: 'old' } }),
      row('sale', 'delivered', {
        _id: 'replay',
        replayOf: deliveryId('sale', 'tap'),
        remoteIds: { id: 'R1' },
      }),
      row('click', 'delivered', { remoteIds: { id: 'C1' } }),
      row('refund', 'sending'),
      row('sale', 'delivered', { _id: deliveryId('sale', 'tune'), target: 'tune' }),
      row('other', 'delivered'),
    ]);
    const view = await parents.view(asked, 'tap');
    expect(view.events.map((one) => one._id)).toEqual(['click', 'sale', 'refund']);
    expect(view.rows.map((one) => [one.event, one.state])).toEqual(
      expect.arrayContaining([
        ['sale', 'refused'],
        ['sale', 'delivered'],
        ['click', 'delivered'],
        ['refund', 'sending'],
      ]),
    );
    expect(view.rows).toHaveLength(4);
    expect(
      parents.history(asked, view).map((one) => [one.event.id, one.state, one.remoteIds]),
    ).toEqual([
      ['click', 'delivered', { id: 'C1' }],
      ['sale', 'delivered', { id: 'R1' }],
    ]);
  });

  it('is nothing for an event that belongs to no order and no click', async () => {
    await store.events.insertMany([sale]);
    const { refs: _none, ...alone } = eventOf('alone', 'SALE');
    const nothing: OrderView = { events: [], rows: [] };
    expect(await parents.view(alone, 'tap')).toEqual(nothing);
  });
});
