import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { Configuration, type Account, type Route, type Target } from '../accounts/index.js';
import {
  accept,
  isRecord,
  type Normalized,
  type SourcePlugin,
  type TargetPlugin,
} from '../contract/index.js';
import { Ledger } from '../ledger/ledger.js';
import { LedgerStore } from '../ledger/store.js';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { ProcessKey } from '../platform/secrets/process-key.js';
import { ConfigVersion } from '../route/config-version.js';
import { Planner } from '../route/planner.js';
import { fakeClock, type FakeClock } from '../testing/fake-clock.js';
import { hookTarget, toySource } from '../../test/journey/toys.js';
import { Normalizer } from './normalizer.js';
import { newReceipt } from './receipts.js';
import { Repair } from './repair.js';
import { OrderImport } from './order-import.js';
import { Reprocessor } from './reprocess.js';

const log = createLog('silent');

const target = (id: string): Target => ({
  id,
  plugin: hookTarget as unknown as TargetPlugin,
  settings: { url: 'https://partner.example' },
  options: { sockets: 1, ratePerSecond: null, test: false, orphanReversals: 'skip' },
});

const route = (to: string[]): Route => ({
  id: to.join('+'),
  from: '*',
  to,
  events: null,
  test: false,
  offers: null,
  affiliates: null,
  settingsFor: new Map(),
  specificity: 0,
});

describe('what was halved or parked', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let store: LedgerStore;
  let clock: FakeClock;
  let metrics: Metrics;
  /** What the plugin makes of a payload; replaced by tests. */
  let plugin: Pick<SourcePlugin, 'normalize' | 'reopen'>;

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
    const all = [
      ...[store.receipts, store.events, store.deliveries],
      ...[store.links, store.drafts],
    ];
    await Promise.all(all.map((collection) => collection.deleteMany({})));
    clock = fakeClock();
    metrics = new Metrics();
    plugin = toySource as unknown as SourcePlugin;
  });

  /** A gateway's inner half under one configuration. */
  function gateway(to: string[] = ['one', 'two']) {
    const source = {
      ...toySource,
      normalize: (...args: Parameters<SourcePlugin['normalize']>): Normalized =>
        plugin.normalize(...args),
      reopen: (...args: [never]) => plugin.reopen?.(...args),
    } as unknown as SourcePlugin;
    const account: Account = {
      id: 'shop',
      source,
      credentials: [{ id: 'current', value: { secret: 's' } }],
      settings: {},
      publicUrl: '',
      test: false,
    };
    const configuration = new Configuration({
      accounts: [account],
      targets: ['one', 'two', 'three'].map(target),
      routes: [route(to)],
      offers: [],
      programmes: [],
      plugins: [],
      referenced: [],
      warnings: [],
    });
    const key = new ProcessKey(Buffer.from('k'.repeat(32)));
    const normalizer = new Normalizer(new Planner(configuration, new ConfigVersion()), key, log);
    const ledger = new Ledger(store, clock, metrics);
    const imports = new OrderImport({ configuration, normalizer, ledger, clock });
    const reprocessor = new Reprocessor(configuration, normalizer, ledger, clock, imports);
    const repair = new Repair(ledger, reprocessor, clock, metrics, log);
    const take = async (payload: Record<string, unknown>) => {
      const body = Buffer.from(JSON.stringify(payload));
      const verified = { payload, trust: 'signed' as const, credential: 'current' };
      const receipt = newReceipt(
        account,
        {
          method: 'POST',
          url: '',
          pathToken: '',
          query: '',
          headers: { 'content-type': 'application/json' },
          body,
          receivedAt: clock.now(),
        },
        verified,
      );
      const input = {
        account,
        payload: accept(payload, 'signed').payload,
        trust: 'signed',
        receipt,
      };
      await ledger.commit(normalizer.toCommit(input as never, clock.now()));
      return receipt._id;
    };
    return { repair, reprocessor, take };
  }

  const sale = (order: string) => ({ type: 'SALE', order, amount: '100' });
  const rows = async () =>
    (await store.deliveries.find().sort({ target: 1 }).toArray()).map((row) => row.target);
  const whole = async () => {
    expect(await store.events.countDocuments()).toBe(1);
    expect(await rows()).toEqual(['one', 'two']);
  };

  describe('repair', () => {
    it.each<[string, () => Promise<unknown>]>([
      ['the event', () => store.events.deleteMany({})],
      ['all rows', () => store.deliveries.deleteMany({})],
      ['one row', () => store.deliveries.deleteMany({ target: 'two' })],
      [
        'event and rows',
        () => Promise.all([store.events.deleteMany({}), store.deliveries.deleteMany({})]),
      ],
    ])('mends a receipt without %s, once', async (_what, halve) => {
      const { repair, take } = gateway();
      const id = await take(sale('A'));
      const before = await store.events.findOne();
      await halve();
      clock.advance(11_000);
      expect(await repair.run()).toBe(1);
      await whole();
      expect(await store.events.findOne()).toEqual(before);
      expect(await store.receipts.findOne({ _id: id })).toMatchObject({ state: 'recorded' });
      expect(await repair.run()).toBe(0);
      await whole();
      expect(await metrics.registry.metrics()).toContain('waybill_repaired_total 1');
    });

    it('gives an event that came without its receipt the rows of its plan, once', async () => {
      const { repair, take } = gateway();
      await take(sale('B'));
      await take(sale('A'));
      const a = await store.events.findOne({ 'order.id': 'A' });
      await store.receipts.deleteOne({ _id: a?.receiptId ?? '' });
      await store.deliveries.deleteMany({ event: a?._id ?? '' });
      clock.advance(11_000);
      expect(await repair.run()).toBe(1);
      expect(await store.deliveries.countDocuments({ event: a?._id ?? '' })).toBe(2);
      expect(await repair.run()).toBe(0);
    });

    it('finds lone events behind more than a page of one moment', async () => {
      const { repair, take } = gateway();
      await take(sale('A'));
      const one = await store.events.findOne();
      const copies = Array.from({ length: 700 }, (_unused, i) => ({ ...one, _id: `e${i}` }));
      await store.events.insertMany(copies as never);
      clock.advance(1);
      await take(sale('B'));
      await store.receipts.deleteMany({});
      await store.deliveries.deleteMany({});
      clock.advance(11_000);
      expect(await repair.run()).toBe(702);
      expect(await store.deliveries.countDocuments()).toBe(1404);
    });

    it('leaves alone what is whole, parked, a repeat, or nothing to record', async () => {
      const { repair, take } = gateway();
      for (const one of [sale('A'), sale('A'), { type: 'nothing' }, { type: 'boom' }])
        await take(one);
      clock.advance(11_000);
      expect(await repair.run()).toBe(0);
      await whole();
    });

    it('leaves alone what may still be on its way, and comes back for it', async () => {
      const { repair, take } = gateway();
      await take(sale('A'));
      await store.deliveries.deleteMany({});
      clock.advance(9000);
      expect(await repair.run()).toBe(0);
      clock.advance(2000);
      expect(await repair.run()).toBe(1);
      await whole();
    });

    it('finds at its first look what an earlier process left', async () => {
      await gateway().take(sale('A'));
      await store.events.deleteMany({});
      clock.advance(14 * 60_000);
      expect(await gateway().repair.run()).toBe(1);
      await whole();
    });

    it('finds a half that took half a minute to arrive', async () => {
      const { repair, take } = gateway();
      await take(sale('A'));
      const late = await store.receipts.findOne();
      await Promise.all([store.receipts.deleteMany({}), store.events.deleteMany({})]);
      // A minute passes with a look at its end; the write was on its way that long: 15 s of socket time, tried twice.
      clock.advance(25_000);
      await repair.run();
      if (late) await store.receipts.insertOne(late);
      clock.advance(60_000);
      expect(await repair.run()).toBe(1);
    });

    it('mends a receipt whose drafts never came, and leaves one alone whose drafts wait', async () => {
      const { repair, take } = gateway();
      plugin = {
        ...plugin,
        normalize: () => [
          {
            key: 'deal:1:SALE',
            type: 'SALE',
            nativeType: 'won',
            test: false,
            occurredAt: null,
            record: { id: 'deal:1', state: 'SALE' },
          },
        ],
      };
      const id = await take(sale('A'));
      expect(await store.receipts.findOne({ _id: id })).toMatchObject({ state: 'pending' });
      const before = await store.drafts.findOne();
      clock.advance(11_000);
      expect(await repair.run()).toBe(0);
      await store.drafts.deleteMany({});
      expect(await gateway().repair.run()).toBe(1);
      expect(await store.drafts.findOne()).toMatchObject({
        _id: before?._id,
        receipt: id,
        state: 'open',
      });
    });

    it('does not read twice what it found whole, unless something came late', async () => {
      const { repair, take } = gateway();
      await take(sale('A'));
      clock.advance(20_000);
      await repair.run();
      // Halved behind its back, which nothing does: it shows what is read again.
      await store.deliveries.deleteMany({});
      clock.advance(60_000);
      expect(await repair.run()).toBe(0);

      const again = gateway();
      await again.take(sale('B'));
      await again.take(sale('C'));
      const late = await store.receipts.findOne({}, { sort: { _id: -1 } });
      if (late) await store.receipts.deleteOne({ _id: late._id });
      clock.advance(20_000);
      await again.repair.run();
      await store.deliveries.deleteMany({});
      if (late) await store.receipts.insertOne(late);
      clock.advance(60_000);
      expect(await again.repair.run()).toBe(2);
    });

    it('reads again what it could not mend', async () => {
      const { repair, take } = gateway();
      await take(sale('A'));
      await store.events.deleteMany({});
      plugin = {
        ...plugin,
        normalize: () => {
          throw new Error('a bad release');
        },
      };
      clock.advance(20_000);
      expect(await repair.run()).toBe(0);
      plugin = toySource as unknown as SourcePlugin;
      clock.advance(55_000);
      expect(await repair.run()).toBe(1);
      await whole();
    });

    it('goes through more than one page', async () => {
      const { repair, take } = gateway();
      await take(sale('A'));
      const one = await store.receipts.findOne();
      const copies = Array.from({ length: 1100 }, (_unused, i) => ({
        ...one,
        _id: `${one?._id.slice(0, 24) ?? ''}${String(i).padStart(8, '0')}`,
        state: 'repeat' as const,
      }));
      await store.receipts.insertMany(copies as never);
      clock.advance(1);
      await take(sale('B'));
      await store.events.deleteOne({ 'order.id': 'B' });
      clock.advance(11_000);
      expect(await repair.run()).toBe(1);
    });

    it('keeps to the frozen plan when the routes have changed since', async () => {
      await gateway(['one', 'two']).take(sale('A'));
      await store.deliveries.deleteMany({ target: 'two' });
      clock.advance(11_000);
      const { repair } = gateway(['one', 'three']);
      await repair.run();
      // The event's plan says two: either its row is there, or nobody will ever be told.
      expect(await rows()).toEqual(['one', 'two']);
      expect(await repair.run()).toBe(0);
    });

    it('is not stopped by a receipt that cannot be opened', async () => {
      const { repair, take } = gateway();
      await take(sale('A'));
      clock.advance(5);
      await take(sale('B'));
      await store.deliveries.deleteMany({});
      plugin = {
        normalize: toySource.normalize as SourcePlugin['normalize'],
        reopen: (stored) => {
          const payload = toySource.reopen?.(stored);
          if (isRecord(payload) && payload['order'] === 'A') throw new Error('cannot open it');
          return payload;
        },
      };
      clock.advance(11_000);
      await repair.run();
      const b = await store.events.findOne({ 'order.id': 'B' });
      expect(await store.deliveries.countDocuments({ event: b?._id ?? '' })).toBe(2);
    });

    it('needs no plugin for rows: their plan is frozen with the event', async () => {
      const { repair, take } = gateway();
      await take(sale('A'));
      await store.deliveries.deleteMany({});
      plugin = {
        ...plugin,
        normalize: () => {
          throw new Error('a bad release');
        },
      };
      clock.advance(11_000);
      expect(await repair.run()).toBe(1);
      expect(await rows()).toEqual(['one', 'two']);
      expect(await store.receipts.findOne()).toMatchObject({ state: 'recorded' });
    });
  });

  describe('reprocess', () => {
    const parked = async () => {
      const { reprocessor, take } = gateway();
      plugin = { ...plugin, normalize: () => ({ notUnderstood: 'a new word' }) };
      const id = await take(sale('A'));
      const receipt = await store.receipts.findOne({ _id: id });
      if (!receipt) throw new Error('no receipt');
      expect(receipt).toMatchObject({ state: 'parked', reason: 'a new word', eventIds: [] });
      return { receipt, reprocessor };
    };

    it('records a parked receipt once the plugin is fixed', async () => {
      const { receipt, reprocessor } = await parked();
      clock.advance(86_400_000);
      plugin = toySource as unknown as SourcePlugin;
      const done = await reprocessor.reprocess(receipt);
      const event = await store.events.findOne();
      expect(done).toMatchObject({
        ok: true,
        result: { state: 'recorded', recorded: [event?._id] },
      });
      const after = await store.receipts.findOne({ _id: receipt._id });
      expect(after).toMatchObject({ state: 'recorded', eventIds: [event?._id] });
      expect(after).not.toHaveProperty('reason');
      // It happened when it came in; its 72 hours begin now.
      expect(event?.receivedAt).toBe(receipt.at.toISOString());
      expect((await store.deliveries.findOne())?.at).toEqual(new Date(clock.now()));
      await whole();
    });

    it('counts nothing twice, done twice or after a repeat was understood', async () => {
      const { receipt, reprocessor } = await parked();
      plugin = toySource as unknown as SourcePlugin;
      await gateway().take(sale('A'));
      const done = await reprocessor.reprocess(receipt);
      expect(done).toMatchObject({ ok: true, result: { state: 'repeat', recorded: [] } });
      await reprocessor.reprocess(receipt);
      await whole();
    });

    it('changes nothing while the plugin is not fixed, and says why', async () => {
      const { receipt, reprocessor } = await parked();
      expect(await reprocessor.reprocess(receipt)).toEqual({ ok: false, reason: 'a new word' });
      expect(await store.receipts.findOne()).toEqual(receipt);
      expect(await store.events.countDocuments()).toBe(0);
    });

    it('says so when the account is gone', async () => {
      const { receipt, reprocessor } = await parked();
      const gone = await reprocessor.reprocess({ ...receipt, account: 'old' });
      expect(gone).toEqual({ ok: false, reason: 'the account old is no longer configured' });
    });
  });
});
