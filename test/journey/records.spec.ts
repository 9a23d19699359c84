import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SourcePlugin, TargetPlugin } from '../../src/contract/index.js';
import type { DraftDoc } from '../../src/ledger/documents.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import type { JobDoc } from '../../src/enrich/jobs.js';
import { ADMIN_KEY, freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner, type Reply, type Received } from './partner.js';
import { crmToy } from './crm-toy.js';
import { hookTarget, sealToy } from './toys.js';

const PLUGINS = [crmToy, hookTarget] as unknown as (SourcePlugin | TargetPlugin)[];

/** The CRM's clock. */
const T = 1_760_000_000_000;

const json = (body: unknown, status = 200): Reply => ({ status, body: JSON.stringify(body) });

describe('records and look-ups, through the door', () => {
  let stores: TestStores;
  let crm: Partner;
  let partner: Partner;
  let one: Running;
  let two: Running;
  let deals = 0;

  const yaml = () => `
accounts:
  - { id: plain, source: crm-toy, credentials: { secret: toy-secret } }
  - { id: crm, source: crm-toy, credentials: { secret: toy-secret, api: "${crm.url}" } }
  - { id: oauth, source: crm-toy, credentials: { secret: toy-secret, api: "${crm.url}", refresh: "refresh-me" } }
targets: [{ id: tap, target: hook, settings: { url: "${partner.url}" } }]
routes: [{ from: [plain, crm], to: [tap] }]
`;

  /** Answers of the CRM's API. */
  let api: (request: Received, nth: number) => Reply | 'hang' | 'reset';

  beforeAll(async () => {
    stores = await startTestStores();
    crm = await startPartner((request, nth) => api(request, nth));
    partner = await startPartner();
    const place = { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl };
    api = () => ({ status: 503 });
    one = await run(place, yaml(), { plugins: PLUGINS });
    two = await run(place, yaml(), { plugins: PLUGINS });
    await Promise.all([one.gateway.prepared, two.gateway.prepared]);
  }, 90_000);

  afterAll(async () => {
    await one?.stop();
    await two?.stop();
    await crm?.close();
    await partner?.close();
    await stores?.stop();
  });

  beforeEach(() => {
    crm.received.length = 0;
    api = (request) => json(request.url.startsWith('/deal') ? { amount: '4900' } : { click: 'c1' });
  });

  const deal = (): string => `d${(deals += 1)}`;

  const tell = async (account: string, body: unknown, gateway = one) => {
    const answer = await gateway.post(`/in/crm-toy/${account}`, sealToy(JSON.stringify(body)));
    expect(answer.status).toBe(200);
    return JSON.parse(answer.body) as { receipt: string; result: string; duplicate: boolean };
  };

  const settled = (receipt: string, gateway = one) =>
    until(
      () => gateway.ledger.receipts.findOne({ _id: receipt }),
      (doc) => doc !== null && doc.state !== 'pending',
    );

  const eventsOf = async (id: string, account = 'plain') =>
    (await one.ledger.events.find({ refs: `${account}|deal:${id}` }).toArray()).map((e) => e.type);

  const draftOf = (receipt: string): Promise<DraftDoc | null> =>
    one.ledger.drafts.findOne({ receipt });

  it('pays once for a won deal that is saved again, and takes it back when it is open again', async () => {
    const id = deal();
    const first = await tell('plain', { deal: id, stage: 'SALE', at: T + 1000, change: 'a' });
    expect(first).toMatchObject({ result: 'recorded', duplicate: false });
    expect(await settled(first.receipt)).toMatchObject({ state: 'recorded' });
    const again = await tell('plain', { deal: id, stage: 'SALE', at: T + 2000, change: 'b' });
    expect(await settled(again.receipt)).toMatchObject({ state: 'recorded', eventIds: [] });
    expect(await draftOf(again.receipt)).toMatchObject({ state: 'done', result: 'dropped' });
    const open = await tell('plain', { deal: id, stage: 'open', at: T + 3000 });
    const { eventIds = [] } = (await settled(open.receipt)) ?? {};
    expect(await eventsOf(id)).toEqual(['SALE', 'CANCELED']);
    const back = await one.ledger.events.findOne({ _id: eventIds[0] ?? '' });
    const sale = await one.ledger.events.findOne({ refs: `plain|deal:${id}`, type: 'SALE' });
    expect(back).toMatchObject({ type: 'CANCELED', reverses: sale?._id });
    await until(
      () =>
        one.ledger.deliveries
          .find({ event: { $in: [sale?._id ?? '', back?._id ?? ''] } })
          .toArray(),
      (rows) => rows.length === 2 && rows.every(({ state }) => state === 'delivered'),
    );
  });

  it('knows a repeat at the door: same words, one draft, one event', async () => {
    const id = deal();
    const body = { deal: id, stage: 'SALE', at: T + 1000 };
    await settled((await tell('plain', body)).receipt);
    const again = await tell('plain', body, two);
    expect(again).toMatchObject({ result: 'repeat', duplicate: true });
    expect(await one.ledger.receipts.findOne({ _id: again.receipt })).toMatchObject({
      state: 'repeat',
    });
    expect(await eventsOf(id)).toEqual(['SALE']);
  });

  it('comes to one sale when two replicas hear of forty saves at once', async () => {
    const id = deal();
    const told = await Promise.all(
      Array.from({ length: 40 }, (_unused, i) =>
        tell(
          'plain',
          { deal: id, stage: 'SALE', at: T + 1000 + i, change: `s${i}` },
          i % 2 ? one : two,
        ),
      ),
    );
    for (const { receipt } of told) await settled(receipt);
    expect(await eventsOf(id)).toEqual(['SALE']);
  });

  it('drops CANCELED without a sale, and tells both when the sale comes late', async () => {
    const id = deal();
    const early = await tell('plain', { deal: id, stage: 'CANCELED', at: T + 9000 });
    expect(await settled(early.receipt)).toMatchObject({ state: 'recorded', eventIds: [] });
    await settled((await tell('plain', { deal: id, stage: 'SALE', at: T + 1000 })).receipt);
    expect(await eventsOf(id)).toEqual(['SALE', 'CANCELED']);
  });

  it('looks up what is missing after the answer, one draft by itself and many of one notification', async () => {
    const id = deal();
    const other = deal();
    const { receipt } = await tell('crm', {
      all: [
        { deal: id, stage: 'SALE', at: T + 1, look: 'y' },
        { deal: other, stage: 'SALE', at: T + 1 },
      ],
    });
    const kept = await settled(receipt);
    expect(kept?.eventIds).toHaveLength(2);
    const event = await one.ledger.events.findOne({ refs: `crm|deal:${id}` });
    expect(event).toMatchObject({
      revenue: { amount: 4900, currency: 'USD' },
      attribution: { clickId: 'c1' },
      flags: [],
    });
    expect(crm.received.map(({ url }) => url)).toEqual([`/deal/${id}`, `/contact/${id}`]);
    expect(await one.ledger.drafts.countDocuments({ receipt, told: { $exists: true } })).toBe(0);
  });

  it('asks nothing for a re-save, and nothing without an API to ask', async () => {
    const id = deal();
    await settled((await tell('crm', { deal: id, stage: 'SALE', at: T + 1, look: 'y' })).receipt);
    crm.received.length = 0;
    const again = { deal: id, stage: 'SALE', at: T + 2, change: 'x', look: 'y' };
    await settled((await tell('crm', again)).receipt);
    const plain = await tell('plain', { deal: id, stage: 'SALE', at: T + 1, look: 'y' });
    await settled(plain.receipt);
    expect(crm.received).toEqual([]);
    const event = await one.ledger.events.findOne({ receiptId: plain.receipt });
    expect(event?.flags).toEqual(['not-looked-up']);
  });

  it.each([
    ['429 with a moment', { status: 429, headers: { 'retry-after': '1' } }],
    ['a refused token', { status: 401 }],
    ['a broken server', { status: 502, body: '<html>' }],
  ])(
    'tries again after %s, from the step that failed, and shows why it waits',
    async (_name, bad) => {
      const id = deal();
      let fine = false;
      api = (request) =>
        request.url.startsWith('/deal')
          ? json({ amount: '4900' })
          : fine
            ? json({ click: 'c' })
            : bad;
      const { receipt } = await tell('crm', { deal: id, stage: 'SALE', at: T + 1, look: 'y' });
      await until(
        () => draftOf(receipt),
        (draft) => draft?.attempts === 1,
      );
      const detail = await fetch(`${one.gateway.url}/api/v1/receipts/${receipt}`, {
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
      });
      expect(await detail.json()).toMatchObject({
        state: 'pending',
        drafts: [{ state: 'open', lookUps: 1, failures: 1, reason: `HTTP ${bad.status}` }],
      });
      fine = true;
      await settled(receipt);
      expect(crm.received.filter(({ url }) => url === `/deal/${id}`)).toHaveLength(1);
      expect(await eventsOf(id, 'crm')).toEqual(['SALE']);
    },
    30_000,
  );

  it('gives up after 72 hours, parked with the reason; a replay begins anew', async () => {
    const id = deal();
    api = () => ({ status: 403 });
    const { receipt } = await tell('crm', { deal: id, stage: 'SALE', at: T + 1, look: 'y' });
    await until(
      () => draftOf(receipt),
      (draft) => draft?.attempts === 1,
    );
    const long = new Date(Date.now() - 73 * 3_600_000);
    await one.ledger.drafts.updateOne({ receipt }, { $set: { since: long, wakeAt: new Date() } });
    expect(await settled(receipt)).toMatchObject({
      state: 'parked',
      reason: 'WB_LOOKUP_GAVE_UP: HTTP 403',
    });
    api = (request) => json(request.url.startsWith('/deal') ? { amount: '100' } : {});
    const replay = await fetch(`${one.gateway.url}/api/v1/receipts/${receipt}/replay`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
    });
    expect([replay.status, await replay.json()]).toMatchObject([202, { state: 'pending' }]);
    const done = await until(
      () => one.ledger.receipts.findOne({ _id: receipt }),
      (doc) => doc?.state === 'recorded',
    );
    expect(done).not.toHaveProperty('reason');
    expect(await eventsOf(id, 'crm')).toEqual(['SALE']);
  });

  it('drops what the look-up shows to be none, parks what the plugin cannot read', async () => {
    api = () => json({ spam: 'yes' });
    const spam = await tell('crm', { deal: deal(), stage: 'SALE', at: T + 1, look: 'y' });
    expect(await settled(spam.receipt)).toMatchObject({ state: 'recorded', eventIds: [] });
    api = () => json({ boom: 'yes' });
    const boom = await tell('crm', { deal: deal(), stage: 'SALE', at: T + 1, look: 'y' });
    expect(await settled(boom.receipt)).toMatchObject({
      state: 'parked',
      reason: 'WB_PLUGIN_THREW: crm-toy enrich.apply',
    });
  });

  it('gets a token where the API wants one, and another when that is refused', async () => {
    let token = 0;
    api = (request) => {
      if (request.url === '/token') return json({ token: `t${(token += 1)}` });
      return request.headers.authorization === 'Bearer t1'
        ? { status: 401 }
        : json(request.url.startsWith('/list') ? { data: [] } : { amount: '4900' });
    };
    const { receipt } = await tell('oauth', { deal: deal(), stage: 'SALE', at: T, look: 'y' });
    await settled(receipt);
    expect((await draftOf(receipt))?.result).toBe('recorded');
    const asked = crm.received.filter(({ url }) => url.startsWith('/deal'));
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer t1',
      expect.stringMatching(/^Bearer t[2-9]$/),
    ]);
    expect(crm.received.find(({ url }) => url === '/token')?.body).toBe('refresh-me');
    expect(one.logged.join('') + two.logged.join('')).not.toContain('refresh-me');
  });

  describe('a backfill', () => {
    const jobs = () => one.ledger.mongo.db.collection<JobDoc>('jobs');

    /** Runs it on whichever replica comes first, and waits for its end. */
    const runNow = async (cursor: string | null) => {
      const _id = 'oauth|backfill';
      const idle = { _id, token: { $exists: false } };
      const due = { $set: { nextAt: new Date(), cursor }, $unset: { lastAt: 1 as const } };
      await until(
        () => jobs().updateOne(idle, due),
        ({ matchedCount }) => matchedCount === 1,
      );
      return until(
        () => jobs().findOne({ ...idle, lastAt: { $exists: true } }),
        (doc) => doc !== null,
      );
    };

    it('finds what no webhook told, page by page, and leaves alone what is known', async () => {
      const [known, missed, last] = [deal(), deal(), deal()];
      const told = { deal: known, stage: 'SALE', at: T };
      await settled((await tell('oauth', told)).receipt);
      const pages: Record<string, unknown> = {
        '': { data: [told, { deal: missed, stage: 'SALE', at: T }], next: 'p2', more: 'y' },
        p2: { data: [{ deal: last, stage: 'SALE', at: T }], next: 'end' },
        end: { data: [], next: 'end' },
      };
      api = (request) => {
        if (request.url === '/token') return json({ token: 'tok' });
        return json(pages[new URL(request.url, 'http://x').searchParams.get('after') ?? '']);
      };
      expect(await runNow(null)).toMatchObject({ cursor: 'end', failures: 0 });
      for (const id of [missed, last])
        await until(
          () => eventsOf(id, 'oauth'),
          (types) => types.length === 1,
        );
      const filled = await one.ledger.receipts
        .find({ account: 'oauth', via: 'backfill' })
        .toArray();
      expect(filled).toHaveLength(2);
      await runNow(null);
      expect(await one.ledger.receipts.countDocuments({ via: 'backfill' })).toBe(2);
    });

    it('keeps its cursor when the network fails, and says why', async () => {
      api = () => ({ status: 500 });
      expect(await runNow('here')).toMatchObject({
        cursor: 'here',
        failures: expect.any(Number),
        reason: expect.stringMatching(/HTTP 500$/),
      });
    });
  });
});
