import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SealedRequest } from '../../src/contract/index.js';
import { isOpen } from '../../src/ledger/documents.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { waitForClicks } from './click-kit.js';
import { freshDatabase, run, until, type Running } from './harness.js';
import {
  closeLocalPartners,
  dayClock,
  fromClickBank,
  fromHubSpot,
  nineDaysYaml,
  openLocalPartners,
  pluginsWith,
  startHubSpot,
  type LocalPartners,
} from './nine-days-kit.js';
import type { Partner } from './partner.js';

const clock = dayClock('2026-11-11T09:00:00Z');

/** One story, in which each test is the next page: nine days from a click to a sale, and what follows. */
describe('nine days', () => {
  let stores: TestStores;
  let partners: LocalPartners;
  let hubspot: Partner;
  let running: Running;
  let click = '';
  let cookie = '';

  beforeAll(async () => {
    stores = await startTestStores();
    partners = await openLocalPartners();
    hubspot = await startHubSpot(() => click);
    const place = { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl };
    const plugins = pluginsWith(hubspot.url);
    running = await run(place, nineDaysYaml(partners), { plugins, clock });
    await running.gateway.prepared;
    waitForClicks(running);
  }, 90_000);

  afterAll(async () => {
    await running?.stop();
    await hubspot?.close();
    if (partners) await closeLocalPartners(partners);
    await stores?.stop();
  });

  const get = (path: string) =>
    fetch(`${running.gateway.url}${path}`, { redirect: 'manual', headers: { cookie } });

  /** Everything that was recorded has been told to whom it concerns. */
  const rest = () =>
    until(
      () => running.ledger.deliveries.find({}).toArray(),
      (rows) => rows.every(({ state }) => !isOpen(state)),
      30_000,
    );

  const send = async (where: string, { headers, body }: SealedRequest): Promise<void> => {
    expect((await running.post(where, { headers: { ...headers }, body })).status).toBe(200);
    await until(
      () => running.ledger.receipts.countDocuments({ state: 'pending' }),
      (pending) => pending === 0,
    );
    await rest();
  };

  /** A network in doubt sends everything twice. */
  const fromShop = async (fixture: string): Promise<void> => {
    const request = fromClickBank(fixture, clock.now(), { clk_7hq2: click, topaffil: 'ada' });
    await send('/in/clickbank/cb', request);
    await send('/in/clickbank/cb', request);
  };

  const events = (type: string) =>
    running.ledger.events
      .find({ type: type as 'SALE' })
      .sort({ at: 1, _id: 1 })
      .toArray();

  it('begin with a click, which Tapfiliate learns of behind the visitor’s back', async () => {
    const answer = await get('/c/course?ref=ada&sub1=mail&utm_source=news&aff_click_id=ada-77');
    const location = answer.headers.get('location') ?? '';
    click = new URL(location).searchParams.get('tid') ?? '';
    cookie = answer.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    expect([answer.status, location]).toEqual([
      302,
      `https://shop.example/buy?tid=${click}&aff=ada`,
    ]);
    await until(
      () => partners.tap.books.clicks.length,
      (known) => known === 1,
    );
    await rest();
    const [told] = await events('CLICK');
    expect(partners.tap.books.clicks).toMatchObject([{ referralCode: 'ada', eventId: told?._id }]);
  });

  it('go on: on day five somebody else’s banner is seen, which changes nothing', async () => {
    clock.goTo('2026-11-16T09:00:00Z');
    expect((await get('/i/course?ref=banner')).status).toBe(200);
    expect(await running.ledger.touches.countDocuments({ kind: 'impression' })).toBe(1);
    expect(partners.tap.books.clicks).toHaveLength(1);
  });

  it('end in a sale by ClickBank, which is Ada’s', async () => {
    clock.goTo('2026-11-20T09:55:30Z');
    await fromShop('sale-v7-basic-time');
    const [sale, ...more] = await events('SALE');
    expect(more).toEqual([]);
    expect(sale).toMatchObject({
      flags: [],
      attribution: {
        clickId: click,
        affiliateId: 'ada',
        offerId: 'course',
        affiliateClickId: 'ada-77',
        subIds: ['mail'],
        how: 'click',
      },
    });
    expect(sale?.attribution.path?.map(({ kind, affiliateId }) => [kind, affiliateId])).toEqual([
      ['click', 'ada'],
      ['impression', 'banner'],
    ]);
  });

  it('bring an upsell under a receipt of its own, and a refund in part', async () => {
    clock.goTo('2026-11-20T09:57:30Z');
    await fromShop('upsell');
    clock.goTo('2026-11-25T18:15:30Z');
    await fromShop('refund-partial-negative');
    const [refund] = await events('REFUND');
    const [sale] = await events('SALE');
    const rows = await running.ledger.deliveries.find({ event: refund?._id ?? '' }).toArray();
    expect(rows.map(({ state, parent }) => [state, parent ?? sale?._id])).toEqual(
      ['own', 'tap', 'tracker', 'tune'].map(() => ['delivered', sale?._id]),
    );
  });

  it('and a deal in HubSpot, whose contact came by the same click', async () => {
    clock.goTo('2026-11-26T12:00:00Z');
    const at = String(clock.now() - 1000);
    const won = fromHubSpot('deal-won', clock.now(), { '1795168770000': at });
    await send('/in/hubspot/hub', won);
    await send('/in/hubspot/hub', won);
    const again = { '1795168770000': String(clock.now()), '"eventId":101': '"eventId":102' };
    await send('/in/hubspot/hub', fromHubSpot('deal-won', clock.now(), again));
    const [, , deal, ...more] = await events('SALE');
    expect(more).toEqual([]);
    expect(deal).toMatchObject({
      revenue: { amount: 49_000, currency: 'USD' },
      attribution: { clickId: click, affiliateId: 'ada', how: 'click' },
    });
    expect(hubspot.received.map(({ url }) => url.split('?')[0])).toEqual([
      '/crm/v3/objects/deals/7001',
      '/crm/v3/objects/contacts/5101',
    ]);
  });

  describe('after which', () => {
    it('the tracker was told everything once, in order, with the affiliate', () => {
      expect(
        partners.tracker.books.map(({ type, click: cid, order, amount, currency, repeats }) => ({
          ...{ type, order, amount, currency, repeats },
          ours: cid === click,
        })),
      ).toEqual(
        [
          { type: 'SALE', order: 'WXYZ1234', amount: '49.95', currency: 'USD' },
          { type: 'SALE', order: 'UPSL5678', amount: '27.00', currency: 'USD' },
          { type: 'REFUND', order: 'WXYZ1234', amount: '10.00', currency: 'USD' },
          { type: 'SALE', order: 'deal:7001', amount: '490.00', currency: 'USD' },
        ].map((one) => ({ ...one, repeats: 0, ours: true })),
      );
      const affiliates = partners.tracker.heard.map((line) => /[?&]aff=(\w*)/.exec(line)?.[1]);
      expect(affiliates).toEqual(['ada', 'ada', 'ada', 'ada']);
    });

    it('Ada’s own tracker was told the same under Ada’s own click id', () => {
      expect(partners.own.books.map(({ click: cid, type }) => [cid, type])).toEqual([
        ['ada-77', 'SALE'],
        ['ada-77', 'SALE'],
        ['ada-77', 'REFUND'],
        ['ada-77', 'SALE'],
      ]);
    });

    it('Tapfiliate has a click, three conversions of it, and the commission of what was kept', () => {
      const { books, heard } = partners.tap;
      const [known] = books.clicks;
      const made = heard.filter((line) => line.startsWith('POST /1.6/conversions/'));
      expect(made.map((line) => /"click_id":"([^"]*)"/.exec(line)?.[1])).toEqual(
        made.map(() => known?.id),
      );
      expect(made).toHaveLength(3);
      expect(
        books.conversions.map(({ externalId, amount, commissions, repeats }) => ({
          externalId,
          amount: amount.amount,
          left: commissions.map((one) => one.amount.amount),
          repeats,
        })),
      ).toEqual([
        // 30 % of 49.95 is 14.99; of it 39.95 / 49.95 is left.
        { externalId: 'WXYZ1234', amount: 4995, left: [1199], repeats: 0 },
        { externalId: 'UPSL5678', amount: 2700, left: [810], repeats: 0 },
        { externalId: 'deal:7001', amount: 49_000, left: [14_700], repeats: 0 },
      ]);
    });

    it('TUNE has three conversions, the first of them less what went back', () => {
      expect(
        partners.tune.books.map(({ transaction, order, amount, status, repeats }) => ({
          ...{ order, amount, status, repeats },
          ours: transaction === click,
        })),
      ).toEqual(
        [
          { order: 'WXYZ1234', amount: '39.95' },
          { order: 'UPSL5678', amount: '27.00' },
          { order: 'deal:7001', amount: '490.00' },
        ].map((one) => ({ ...one, status: 'approved', repeats: 0, ours: true })),
      );
    });

    it('the ledger has each fact once, and every notification', async () => {
      const { ledger } = running;
      expect(await ledger.events.countDocuments()).toBe(5);
      const states = (await ledger.receipts.find({}).toArray()).map(({ state }) => state);
      expect(states.filter((state) => state === 'repeat')).toHaveLength(4);
      expect(states.filter((state) => state === 'recorded')).toHaveLength(6);
      const rows = await ledger.deliveries.find({}).toArray();
      expect(rows.map(({ state }) => state)).toEqual(rows.map(() => 'delivered'));
      expect(rows).toHaveLength(17);
    });
  });
});
