import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { Configuration, type Account, type Route, type Target } from '../../src/accounts/index.js';
import { accept, type SourcePlugin, type TargetPlugin } from '../../src/contract/index.js';
import { Claims, LEASE_MS, type Claimed } from '../../src/deliver/claims.js';
import { Door } from '../../src/ingest/door.js';
import type { CommitRequest, CommitResult } from '../../src/ledger/commit.js';
import { createIndexes } from '../../src/ledger/indexes.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { LedgerStore } from '../../src/ledger/store.js';
import { Normalizer } from '../../src/normalize/normalizer.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { randomId } from '../../src/platform/ids/ids.js';
import { createLog } from '../../src/platform/log/log.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { MongoStore } from '../../src/platform/mongo/mongo-store.js';
import { ProcessKey } from '../../src/platform/secrets/process-key.js';
import { ConfigVersion } from '../../src/route/config-version.js';
import { Planner } from '../../src/route/planner.js';
import type { Materials } from '../../src/verify/materials.js';
import { Verifier } from '../../src/verify/verifier.js';
import { hookTarget, sealToy, toySource } from '../journey/toys.js';

/**
 * Who watches the watchmen: each check below is run over the real part and over a copy of it with one fault built in. A
 * check that stays green over the fault would prove nothing about the real part either.
 */

const log = createLog('silent');

const account: Account = {
  id: 'shop',
  source: toySource as unknown as SourcePlugin,
  credentials: [{ id: 'current', value: { secret: 'toy-secret' } }],
  settings: {},
  publicUrl: '',
  test: false,
};

const target: Target = {
  id: 'one',
  plugin: hookTarget as unknown as TargetPlugin,
  settings: { url: 'https://partner.example' },
  options: { sockets: 1, ratePerSecond: null, test: false, orphanReversals: 'skip' },
};

const route: Route = {
  id: 'r',
  from: '*',
  to: ['one'],
  events: null,
  test: false,
  offers: null,
  affiliates: null,
  settingsFor: new Map(),
  specificity: 0,
};

const configuration = new Configuration({
  accounts: [account],
  targets: [target],
  routes: [route],
  offers: [],
  programmes: [],
  plugins: [],
  referenced: [],
  warnings: [],
});

/** Fault: says yes before anything is written. */
class EagerLedger extends Ledger {
  override commit(request: CommitRequest): Promise<CommitResult> {
    super.commit(request).catch(() => undefined);
    const recorded = request.events.map((event) => event._id);
    return Promise.resolve({ state: 'recorded', receiptId: request.receipt._id, recorded });
  }
}

/** Fault: every notification is a new fact. */
class ForgetfulNormalizer extends Normalizer {
  override toCommit(
    ...args: Parameters<Normalizer['toCommit']>
  ): ReturnType<Normalizer['toCommit']> {
    const request = super.toCommit(...args);
    for (const event of request.events) {
      const rows = request.rows.filter((row) => row.event === event._id);
      event._id = randomId();
      for (const row of rows) Object.assign(row, { _id: randomId(), event: event._id });
    }
    return {
      ...request,
      receipt: { ...request.receipt, eventIds: request.events.map((e) => e._id) },
    };
  }
}

/** Fault: a signature is optional. */
class TrustingVerifier extends Verifier {
  override verify(...[, { body }]: Parameters<Verifier['verify']>) {
    const payload: unknown = JSON.parse(body.toString('utf8'));
    return { ok: true as const, verdict: accept(payload, 'signed'), credential: 'current' };
  }
}

/** Fault: looks, then takes, without comparing. */
class HastyClaims extends Claims {
  constructor(private readonly rows: LedgerStore) {
    super(rows, () => Date.now());
  }

  override async take(ids: readonly string[]): Promise<Claimed[]> {
    const token = randomId();
    const until = Date.now() + LEASE_MS;
    const found = await this.rows.deliveries
      .find({ _id: { $in: [...ids] }, state: 'due' })
      .toArray();
    const set = { $set: { state: 'sending' as const, token, wakeAt: new Date(until) } };
    await this.rows.deliveries.updateMany({ _id: { $in: found.map((row) => row._id) } }, set);
    return found.map((row) => ({ id: row._id, token, until, row }));
  }
}

describe('planted faults', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let store: LedgerStore;

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
    const all = [store.receipts, store.events, store.deliveries];
    await Promise.all(all.map((collection) => collection.deleteMany({})));
  });

  const key = new ProcessKey(Buffer.from('k'.repeat(32)));
  const planner = new Planner(configuration, new ConfigVersion());
  const clock = { now: () => Date.now() };

  interface Parts {
    readonly ledger?: Ledger;
    readonly normalizer?: Normalizer;
    readonly verifier?: Verifier;
  }

  const realLedger = (on: LedgerStore = store) => new Ledger(on, clock, new Metrics());

  function door(parts: Parts = {}): (order: string, secret?: string) => Promise<number> {
    const one = new Door({
      configuration,
      verifier: new Verifier(log),
      materials: { gather: () => Promise.resolve(new Map()) } as unknown as Materials,
      normalizer: new Normalizer(planner, key, log),
      ledger: realLedger(),
      clock,
      metrics: new Metrics(),
      log,
      ...parts,
    });
    return async (order, secret) => {
      const { body, headers } = sealToy({ type: 'SALE', order, amount: '100' }, secret);
      const answer = await one.handle({
        source: 'toy',
        account: 'shop',
        token: '',
        method: 'POST',
        query: '',
        headers,
        body: Buffer.from(body),
        caller: '192.0.2.1',
      });
      return answer.status;
    };
  }

  /** Orders that were answered 2xx and of which receipt, event or delivery is not in the ledger. */
  async function acknowledgedButLost(acknowledged: readonly string[]): Promise<string[]> {
    const lost: string[] = [];
    for (const order of acknowledged) {
      const event = await store.events.findOne({ 'order.id': order });
      const receipt = await store.receipts.findOne({ eventIds: event?._id ?? 'none' });
      const rows = await store.deliveries.countDocuments({ event: event?._id ?? 'none' });
      if (!event || !receipt || rows !== event.plan.length) lost.push(order);
    }
    return lost;
  }

  /**
   * Sales before and after MongoDB is killed without a warning; then the gateway dies, too, with all that it only had in
   * mind. Returns the orders that were acknowledged; MongoDB is there again.
   */
  async function salesUntilAllDies(ledgerOn: (store: LedgerStore) => Ledger): Promise<string[]> {
    const gateway = new MongoStore(mongoose.createConnection(), stores.mongodbUri, log);
    await gateway.open();
    const send = door({ ledger: ledgerOn(new LedgerStore(gateway)) });
    const answers: [string, number][] = [];
    for (const order of ['A1', 'A2', 'A3']) answers.push([order, await send(order)]);
    expect(answers.map(([, status]) => status)).toEqual([200, 200, 200]);
    await stores.mongo?.kill('SIGKILL');
    try {
      for (const order of ['B1', 'B2']) answers.push([order, await send(order)]);
    } finally {
      await gateway.close();
      await stores.mongo?.restart();
    }
    return answers.filter(([, status]) => status < 300).map(([order]) => order);
  }

  describe('an acknowledgement before the write', () => {
    it('is not what the ledger gives', async () => {
      const acknowledged = await salesUntilAllDies(realLedger);
      expect(acknowledged).toEqual(['A1', 'A2', 'A3']);
      expect(await acknowledgedButLost(acknowledged)).toEqual([]);
    }, 60_000);

    it('is caught', async () => {
      const acknowledged = await salesUntilAllDies(
        (on) => new EagerLedger(on, clock, new Metrics()),
      );
      const lost = await acknowledgedButLost(acknowledged);
      expect(lost).toEqual(expect.arrayContaining(['B1', 'B2']));
    }, 60_000);
  });

  /** Facts of the network that the ledger holds more than once, or would tell a target more than once. */
  async function countedTwice(): Promise<string[]> {
    const twice = await store.events
      .aggregate<{ _id: string; events: string[] }>([
        { $group: { _id: '$source.key', events: { $push: '$_id' } } },
      ])
      .toArray();
    const found: string[] = [];
    for (const { _id, events } of twice) {
      const rows = await store.deliveries.countDocuments({ event: { $in: events } });
      if (events.length > 1 || rows > 1)
        found.push(`${_id}: ${events.length} events, ${rows} rows`);
    }
    return found;
  }

  describe('a sale counted each time it is told', () => {
    const threeTimes = async (send: (order: string) => Promise<number>) => {
      const one = await send('C1');
      const more = await Promise.all([send('C1'), send('C1')]);
      expect([one, ...more]).toEqual([200, 200, 200]);
    };

    it('is not what the ledger does', async () => {
      await threeTimes(door());
      expect(await countedTwice()).toEqual([]);
      expect(await store.receipts.countDocuments()).toBe(3);
    });

    it('is caught', async () => {
      await threeTimes(door({ normalizer: new ForgetfulNormalizer(planner, key, log) }));
      expect(await countedTwice()).toEqual(['SALE:C1:: 3 events, 3 rows']);
    });
  });

  const written = async () =>
    (await store.receipts.countDocuments()) +
    (await store.events.countDocuments()) +
    (await store.deliveries.countDocuments());

  describe('a forged notification', () => {
    it('writes nothing', async () => {
      expect(await door()('D1', 'not the secret')).toBe(401);
      expect(await written()).toBe(0);
    });

    it('that writes something is caught', async () => {
      await door({ verifier: new TrustingVerifier(log) })('D1', 'not the secret');
      expect(await written()).toBe(3);
    });
  });

  /** Deliveries that more than one claim holds. */
  const heldTwice = (claims: readonly Claimed[]): number =>
    claims.length - new Set(claims.map((claim) => claim.id)).size;

  describe('a delivery claimed by two', () => {
    const compete = async (claims: () => Claims): Promise<Claimed[]> => {
      const send = door();
      await Promise.all(Array.from({ length: 20 }, (_unused, i) => send(`E${i}`)));
      const rows = await store.deliveries.find().toArray();
      const wake = rows[0]?.wakeAt?.getTime() ?? 0;
      const ids = rows.filter((row) => row.wakeAt?.getTime() === wake).map((row) => row._id);
      const all = await Promise.all([1, 2, 3].map(() => claims().take(ids, wake, false)));
      expect(all.flat().length).toBeGreaterThanOrEqual(ids.length);
      return all.flat();
    };

    it('is not what claims allow', async () => {
      expect(heldTwice(await compete(() => new Claims(store, () => Date.now())))).toBe(0);
    });

    it('is caught', async () => {
      expect(heldTwice(await compete(() => new HastyClaims(store)))).toBeGreaterThan(0);
    });
  });
});
