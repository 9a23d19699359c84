import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClickExpiry } from '../../src/clicks/expiry.js';
import { DAY_MS } from '../../src/clicks/touch.js';
import type { EventDoc } from '../../src/ledger/documents.js';
import { ClickBench, KEY, TOKEN } from './click-kit.js';
import { until } from './harness.js';
import { sealToy } from './toys.js';

describe('clicks, from the link to the sale', () => {
  let bench: ClickBench;

  beforeAll(async () => {
    bench = await ClickBench.start();
  }, 60_000);

  afterAll(() => bench?.stop());

  describe('a link', () => {
    it('mints an id that is stored before the visitor goes on, with what the link said', async () => {
      const query = 'aff=anna&sub1=top&sub2=x&utm_source=news&placement=hero&aff_click_id=their-1';
      const { status, location, click, headers } = await bench.hop(`/c/keto?${query}`);
      expect([status, headers['cache-control']]).toEqual([302, 'no-store']);
      expect(location).toBe(`https://shop.example/buy/top?tid=${click}&aff=anna`);
      expect(click).toMatch(/^[a-z2-7]{26}$/);
      expect(await bench.touchOf(click)).toMatchObject({
        kind: 'click',
        offer: 'keto',
        affiliate: 'anna',
        source: 'news',
        placement: 'hero',
        theirs: 'their-1',
        subIds: ['top', 'x'],
        utm: { source: 'news' },
      });
    });

    it('keeps nothing personal, whatever the link or the browser says', async () => {
      const { click } = await bench.hop(
        '/c/keto?aff=anna%40shop.example&sub1=203.0.113.9&source=Anna%20a@b.example&email=x@y.example',
        {
          'user-agent': 'Canary/1',
          'x-forwarded-for': '203.0.113.9',
          referer: 'https://r.example/p',
        },
      );
      const touch = await bench.touchOf(click);
      expect(Object.keys(touch ?? {}).toSorted()).toEqual(
        '_id affiliate at campaign expireAt kind offer placement source subIds theirs utm visitor'.split(
          ' ',
        ),
      );
      expect(JSON.stringify(touch)).not.toMatch(/@|203\.0\.113|Canary|r\.example/);
    });

    it('reads whole parameters of a query that is longer than any link', async () => {
      const { click } = await bench.hop(`/c/keto?aff=anna&x=${'%41'.repeat(3000)}&sub1=lost`);
      expect(await bench.touchOf(click)).toMatchObject({ affiliate: 'anna', subIds: [] });
    });

    it('answers the same under any host name, and sets cookies only where that is asked for', async () => {
      const { status, cookies, click } = await bench.hop('/c/keto', { host: 'fallback.example' });
      expect(status).toBe(302);
      expect(cookies.map((one) => one.split('=')[0])).toEqual(['wb_click', 'wb_visitor']);
      for (const one of cookies)
        expect(one).toMatch(
          new RegExp(`=${click}; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Lax$`),
        );
      expect((await bench.hop('/c/once')).cookies).toEqual([]);
    });

    it('keeps no click for a question without a visitor, and knows no other methods', async () => {
      const before = await bench.running.ledger.touches.countDocuments();
      const { status, location } = await bench.hop('/c/keto?sub1=a', {}, 'HEAD');
      expect([status, location]).toEqual([302, 'https://shop.example/buy/?tid=&aff=']);
      expect((await bench.hop('/c/keto', {}, 'POST')).status).toBe(404);
      expect(await bench.running.ledger.touches.countDocuments()).toBe(before);
    });

    it('of an offer that nobody knows or that has ended leads nowhere, or to the fallback', async () => {
      expect(await bench.hop('/c/nobody')).toMatchObject({ status: 404, location: '' });
      expect(await bench.hop('/c/gone')).toMatchObject({ status: 410, location: '' });
      expect((await bench.hop('/c/over')).location).toBe('https://shop.example/other');
    });

    it('of an offer with an account leads on while Tapfiliate hangs', async () => {
      let release = (): void => undefined;
      const hangs = new Promise<void>((resolve) => (release = resolve));
      const answers = { status: 200, body: '{"id":"tap-click-2"}' };
      bench.partner.behave(() => hangs.then(() => answers));
      const { status, click } = await bench.hop('/c/told?aff=slow');
      expect(status).toBe(302);
      await until(
        () => bench.partner.received.some((one) => one.body.includes(click)),
        (asked) => asked,
      );
      // Asked and not answered yet: visitors go on all the same.
      expect((await bench.hop('/c/told?aff=next')).status).toBe(302);
      release();
      bench.partner.behave((request) =>
        request.url.startsWith('/tap/') ? answers : { status: 200, body: 'ok-1' },
      );
    });

    it('of an offer with an account tells Tapfiliate behind the visitor’s back', async () => {
      const { click } = await bench.hop('/c/told?aff=anna');
      const event = await until(
        () => bench.running.ledger.events.findOne({ type: 'CLICK', 'attribution.clickId': click }),
        (found) => found !== null,
      );
      await until(
        () => bench.partner.received.filter((one) => one.body.includes(click)),
        (found) => found.length === 1,
      );
      expect(event?.attribution).toMatchObject({ affiliateId: 'anna', offerId: 'told' });
      const row = await bench.settled(event as EventDoc);
      expect(row).toMatchObject({ state: 'delivered', remoteIds: { clickId: 'tap-click-2' } });
      await until(
        () => bench.touchOf(click),
        (touch) => touch !== null && touch.tell === undefined,
      );
    });
  });

  describe('a sale', () => {
    it('is attributed by its click before it is written, and partners hear it so', async () => {
      const { click } = await bench.hop('/c/keto?aff=anna&sub1=top&aff_click_id=their-2');
      const event = await bench.sell(click);
      expect(event.attribution).toMatchObject({
        clickId: click,
        affiliateId: 'anna',
        offerId: 'keto',
        subIds: ['top'],
        affiliateClickId: 'their-2',
        how: 'click',
        model: 'last-touch',
        path: [{ clickId: click, kind: 'click', affiliateId: 'anna' }],
      });
      expect(event.flags).toContain('lag-under-1s');
      expect(await bench.settled(event)).toMatchObject({ state: 'delivered' });
      expect(bench.told(event)).toMatchObject([{ attribution: { affiliateId: 'anna' } }]);
    });

    it.each([
      ['keto', 'last-touch', 1],
      ['first', 'first-touch', 0],
    ])('after two clicks of one browser on %s goes to the %s', async (offer, model, wins) => {
      const one = await bench.hop(`/c/${offer}?aff=a0`);
      const visitor = one.cookies.find((cookie) => cookie.startsWith('wb_visitor='));
      const two = await bench.hop(`/c/${offer}?aff=a1`, { cookie: visitor?.split(';')[0] ?? '' });
      const { attribution } = await bench.sell(two.click);
      expect(attribution).toMatchObject({ model, affiliateId: `a${wins}` });
      expect(attribution.path?.map((touch) => touch.affiliateId)).toEqual(['a0', 'a1']);
    });

    it('belongs to an impression only where there is no click', async () => {
      const seen = await bench.hop('/i/keto?aff=viewer');
      expect(seen).toMatchObject({ status: 200, headers: { 'content-type': 'image/gif' } });
      const cookie = seen.cookies[0]?.split(';')[0] ?? '';
      const view = await bench.running.ledger.touches.findOne({ affiliate: 'viewer' });
      expect(view?.kind).toBe('impression');
      expect((await bench.sell(view?._id)).attribution.affiliateId).toBe('viewer');
      const { click } = await bench.hop('/c/keto?aff=clicker', { cookie });
      const both = await bench.sell(click);
      expect(both.attribution.affiliateId).toBe('clicker');
      expect(both.attribution.path?.map(({ kind }) => kind)).toEqual(['impression', 'click']);
    });

    it('is still the click’s after more impressions than anybody looks at', async () => {
      const first = await bench.hop('/c/first?aff=early');
      const visitor = first.cookies.find((one) => one.startsWith('wb_visitor='))?.split(';')[0];
      const cookie = visitor ?? '';
      for (let n = 0; n < 110; n += 1) await bench.hop('/i/first?aff=viewer', { cookie });
      const last = await bench.hop('/c/first?aff=late', { cookie });
      expect((await bench.sell(last.click)).attribution.affiliateId).toBe('early');
    });

    it('without click, coupon or affiliate is organic: recorded, delivered nowhere, no error', async () => {
      const event = await bench.sell(undefined);
      expect(event.attribution).toMatchObject({ how: 'none', clickId: null });
      expect(await bench.settled(event)).toMatchObject({
        state: 'skipped',
        reason: 'no-attribution',
      });
      expect(
        bench.running.logged.filter((line) => line.includes(event._id) && /"level":50/.test(line)),
      ).toEqual([]);
    });

    it('beyond the window counts without its click', async () => {
      const { click } = await bench.hop('/c/keto?aff=anna');
      await bench.running.ledger.touches.updateOne(
        { _id: click },
        { $set: { at: new Date(Date.now() - 31 * DAY_MS) } },
      );
      const event = await bench.sell(click);
      expect(event).toMatchObject({
        flags: ['click-expired'],
        attribution: { clickId: null, how: 'none', path: [{ clickId: click }] },
      });
      const renewal = await bench.sell(click, { type: 'REBILL', order: `${event.order?.id}-R` });
      expect(renewal.attribution).toMatchObject({ affiliateId: 'anna', how: 'click' });
    });

    it('is flagged and counted when its click id was written by hand', async () => {
      const count = async (): Promise<number> => {
        const metrics = await (await fetch(`${bench.running.gateway.url}/metrics`)).text();
        return Number(
          /waybill_findings_total\{flag="hot-click-id"\} (\d+)/.exec(metrics)?.[1] ?? 0,
        );
      };
      const flags: string[][] = [];
      for (let n = 0; n < 7; n += 1) flags.push([...(await bench.sell('partner-link')).flags]);
      expect(flags.map((found) => found.includes('hot-click-id'))).toEqual([
        ...Array.from({ length: 5 }, () => false),
        true,
        true,
      ]);
      expect(await count()).toBe(2);
      expect((await bench.sell('TEST_123')).flags).toContain('test-click-id');
    });

    it('is the only order of its click where the programme says so', async () => {
      const { click } = await bench.hop('/c/once?aff=anna');
      const both = await Promise.all([
        bench.sell(click, { order: 'W1' }),
        bench.sell(click, { order: 'W2' }),
      ]);
      const voided = both.filter(({ flags }) => flags.includes('click-already-converted'));
      expect(voided).toHaveLength(1);
      const rows = await Promise.all(both.map((event) => bench.settled(event)));
      expect(rows.map((row) => row?.state ?? '').toSorted()).toEqual(['delivered', 'skipped']);
      // The same order again: its other line is no other order.
      const won = both.find((event) => event !== voided[0])?.order?.id ?? '';
      const upsell = await bench.running.post(
        '/in/toy/shop',
        sealToy({
          type: 'SALE',
          order: won,
          line: '2',
          amount: '1',
          click,
        }),
      );
      expect(upsell.status).toBe(200);
      const lines = await bench.running.ledger.events.find({ 'order.id': won }).toArray();
      expect(lines.flatMap(({ flags }) => flags)).not.toContain('click-already-converted');
      expect(lines).toHaveLength(2);
    });

    it('of an account that asks for no click costs no look-up, nor does one whose click is not ours', async () => {
      const event = await bench.sell('someoneelses-1', {}, 'deaf');
      expect(event.attribution).toMatchObject({ clickId: 'someoneelses-1', how: 'click' });
      expect(event.attribution.path).toBeUndefined();
    });
  });

  describe('what is told first-hand', () => {
    it('comes in at /track and /postback like everything else', async () => {
      const answer = await bench.running.post('/track/web', {
        headers: { 'x-waybill-key': KEY },
        body: JSON.stringify({ type: 'SALE', order_id: 'T1', amount: '49.00', currency: 'USD' }),
      });
      expect([answer.status, JSON.parse(answer.body)]).toEqual([
        200,
        { ok: true, result: 'recorded', duplicate: false },
      ]);
      for (const path of [
        `/postback?token=${TOKEN}&cid=c1&txid=P1`,
        `/postback/acme/${TOKEN}?cid=c1&txid=P1`,
      ]) {
        const pasted = await fetch(`${bench.running.gateway.url}${path}`);
        expect(pasted.status).toBe(200);
        expect(await pasted.json()).toMatchObject({ ok: true });
      }
      expect(await bench.running.ledger.events.countDocuments({ 'order.id': 'P1' })).toBe(1);
      const receipts = await bench.running.ledger.receipts.find({ account: 'acme' }).toArray();
      expect(receipts.map(({ state }) => state).toSorted()).toEqual(['recorded', 'repeat']);
      expect(JSON.stringify(receipts)).not.toContain(TOKEN);
      expect(bench.running.logged.join('')).not.toContain(TOKEN);
    });

    it('counts a conversion once that page and server both tell, whichever is first', async () => {
      const { url } = bench.running.gateway;
      const pixel = (order: string) =>
        fetch(`${url}/track/web?type=LEAD&order_id=${order}`, {
          headers: { referer: 'https://shop.example/thanks' },
        });
      const server = (order: string) =>
        bench.running.post('/track/web', {
          headers: { authorization: `Bearer ${KEY}` },
          body: JSON.stringify({ type: 'LEAD', order_id: order }),
        });
      expect([(await pixel('H1')).status, (await server('H1')).status]).toEqual([200, 200]);
      expect([(await server('H2')).status, (await pixel('H2')).status]).toEqual([200, 200]);
      for (const order of ['H1', 'H2']) {
        const events = await bench.running.ledger.events.find({ 'order.id': order }).toArray();
        expect(events).toHaveLength(1);
        const [event] = events;
        const told = await bench.running.ledger.receipts
          .find({ eventIds: event?._id ?? '' })
          .toArray();
        expect(told.map(({ state }) => state).toSorted()).toEqual(['recorded', 'repeat']);
      }
    });

    it.each([
      ['/track', {}],
      ['/track', { origin: 'https://evil.example' }],
      ['/track', { authorization: 'Bearer wrong-key-0123456789-abcdef' }],
      ['/postback?token=wrong_token_0123456789012&cid=c1', {}],
      ['/postback/acme/wrong_token_0123456789012?cid=c1', {}],
    ])('is refused without proof: %s %j', async (path, headers) => {
      const before = await bench.running.ledger.receipts.countDocuments();
      const body = JSON.stringify({ type: 'LEAD', order_id: 'F1' });
      expect((await bench.running.post(path, { headers, body })).status).toBe(401);
      expect(await bench.running.ledger.receipts.countDocuments()).toBe(before);
    });

    it('may come from a page, which gets its cookie and its preflight', async () => {
      const preflight = await fetch(`${bench.running.gateway.url}/track`, { method: 'OPTIONS' });
      expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
        204,
        '*',
      ]);
      const answer = await bench.running.post('/track', {
        headers: { origin: 'https://shop.example', 'content-type': 'text/plain;charset=UTF-8' },
        body: JSON.stringify({ type: 'CLICK', click_id: 'page-1', ref: 'anna' }),
      });
      expect(answer.headers.get('set-cookie')).toMatch(
        /^wb_click=page-1; Path=\/; Domain=shop\.example; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/,
      );
      // Tapfiliate gets the referral code that stood in the address of the page.
      await until(
        () => bench.partner.received.filter((one) => one.body.includes('page-1')),
        (found) => found.length === 1 && /"referral_code":"anna"/.test(found[0]?.body ?? ''),
      );
      const sale = await bench.running.post('/track', {
        headers: { origin: 'https://shop.example' },
        body: JSON.stringify({ type: 'SALE', order_id: 'F2' }),
      });
      expect(sale.status).toBe(401);
    });
  });

  describe('with time', () => {
    it('unconverted touches go after 30 days, converted ones stay', async () => {
      const [gone, sold, led] = [
        await bench.hop('/c/first?aff=x'),
        await bench.hop('/c/keto?aff=y'),
        await bench.hop('/c/first?aff=z'),
      ];
      await bench.sell(sold.click);
      const second = await bench.hop('/c/first?aff=w', {
        cookie: led.cookies.find((one) => one.startsWith('wb_visitor='))?.split(';')[0] ?? '',
      });
      await bench.sell(second.click);
      const expiry = new ClickExpiry(bench.running.ledger);
      // The other touch of the path is looked at on its own.
      await bench.running.ledger.touches.updateOne({ _id: led.click }, { $unset: { expireAt: 1 } });
      await expiry.run(Date.now() + 29 * DAY_MS);
      expect(await bench.touchOf(gone.click)).not.toBeNull();
      while ((await expiry.run(Date.now() + 31 * DAY_MS)) > 0);
      expect(await bench.touchOf(gone.click)).toBeNull();
      for (const { click } of [sold, led, second]) {
        const touch = await bench.touchOf(click);
        expect(touch).not.toBeNull();
        expect(touch?.expireAt).toBeUndefined();
      }
    });
  });
});
