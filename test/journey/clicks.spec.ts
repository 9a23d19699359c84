import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import http from 'node:http';
import { ClickExpiry } from '../../src/clicks/expiry.js';
import { DAY_MS } from '../../src/clicks/touch.js';
import type { SourcePlugin, TargetPlugin } from '../../src/contract/index.js';
import type { EventDoc, TouchDoc } from '../../src/ledger/documents.js';
import { LateAttribution } from '../../src/normalize/late-attribution.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import postbackIn from '../../plugins/postback-in/index.js';
import tapfiliate from '../../plugins/tapfiliate/index.js';
import track from '../../plugins/track/index.js';
import { freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';
import { hookTarget, toySource } from './toys.js';

const KEY = 'track-key-0123456789-abcdef';
const TOKEN = 'postback_token_0123456789';

const yaml = (url: string) => `
accounts:
  - { id: shop, source: toy, credentials: { secret: toy-secret } }
  - { id: strict, source: toy, credentials: { secret: toy-secret }, programme: main }
  - { id: deaf, source: toy, credentials: { secret: toy-secret }, programme: none }
  - { id: web, source: track, credentials: { key: ${KEY}, origins: [ "https://shop.example" ] }, settings: { cookie: true, cookieDomain: shop.example } }
  - { id: acme, source: postback-in, credentials: { token: ${TOKEN} } }
targets:
  - { id: one, target: told, settings: { url: "${url}/one" } }
  - { id: tap, target: tapfiliate, settings: { apiKey: tap-key, baseUrl: "${url}/tap/" } }
routes:
  - { from: [shop, strict, deaf, acme], to: one }
  - { from: web, to: tap, events: [CLICK] }
offers:
  - { id: keto, url: "https://shop.example/buy/{sub1}?tid={click_id}&aff={affiliate_id}", programme: main, cookie: true, payout: "25.00" }
  - { id: first, url: "https://shop.example/f?tid={click_id}", programme: first, cookie: true }
  - { id: once, url: "https://shop.example/o?tid={click_id}", programme: once }
  - { id: told, url: "https://shop.example/t?tid={click_id}", account: web }
  - { id: over, url: "https://shop.example/x", fallbackUrl: "https://shop.example/other", endsAt: 2026-01-01 }
  - { id: gone, url: "https://shop.example/x", endsAt: 2026-01-01 }
programmes:
  - { id: main }
  - { id: first, model: first-touch }
  - { id: once, onePerClick: true }
`;

/** A partner that books nothing without a click. */
const toldTarget = {
  ...hookTarget,
  name: 'told',
  accepts: [...hookTarget.accepts, 'ADJUSTMENT'],
  build: (event, settings, history) => {
    if (event.attribution.clickId === null) return { skip: 'no-attribution' };
    const request = hookTarget.build(event, settings, history);
    const { attribution, flags, type, order } = event;
    return {
      ...request,
      body: JSON.stringify({ type, order: order?.id, attribution, flags }),
    };
  },
} as typeof hookTarget;

const PLUGINS = [toySource, toldTarget, track, postbackIn, tapfiliate] as unknown as (
  SourcePlugin | TargetPlugin
)[];

interface Hop {
  readonly status: number;
  readonly location: string;
  readonly cookies: readonly string[];
  readonly headers: http.IncomingHttpHeaders;
  /** The click id in the address. */
  readonly click: string;
}

describe('clicks, from the link to the sale', () => {
  let stores: TestStores;
  let partner: Partner;
  let running: Running;

  beforeAll(async () => {
    stores = await startTestStores();
    partner = await startPartner((request) =>
      request.url.startsWith('/tap/')
        ? { status: 200, body: '{"id":"tap-click-1"}' }
        : { status: 200, body: 'ok-1' },
    );
    running = await run(
      { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl },
      yaml(partner.url),
      { plugins: PLUGINS },
    );
    await running.gateway.prepared;
  }, 60_000);

  afterAll(async () => {
    await running?.stop();
    await partner?.close();
    await stores?.stop();
  });

  const hop = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Hop> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(running.gateway.url);
      const request = http.request({ hostname, port, path, method, headers }, (response) => {
        response.resume();
        response.on('end', () => {
          const location = response.headers.location ?? '';
          const click = /[?&]tid=([a-z2-7]*)/.exec(location)?.[1] ?? '';
          const cookies = response.headers['set-cookie'] ?? [];
          const { headers: said, statusCode: status = 0 } = response;
          resolve({ status, location, cookies, headers: said, click });
        });
      });
      request.on('error', reject);
      request.end();
    });

  const touchOf = (click: string): Promise<TouchDoc | null> =>
    running.ledger.touches.findOne({ _id: click });

  let orders = 0;
  /** Sells by the toy network and returns the event once it is in the ledger. */
  async function sell(click: string | undefined, more: object = {}, account = 'shop') {
    orders += 1;
    const order = `O${orders}`;
    const { sealToy } = await import('./toys.js');
    const body = { type: 'SALE', order, amount: '4900', ...(click ? { click } : {}), ...more };
    const answer = await running.post(`/in/toy/${account}`, sealToy(body));
    expect(answer.status).toBe(200);
    const event = await running.ledger.events.findOne({ 'order.id': String(body.order) });
    if (!event) throw new Error('no event');
    return event;
  }

  const rowOf = (event: EventDoc) => running.ledger.deliveries.findOne({ event: event._id });
  const settled = (event: EventDoc) =>
    until(
      () => rowOf(event),
      (row) => row?.settledAt !== undefined,
    );
  const told = (event: EventDoc) =>
    partner.received
      .filter((one) => one.url === '/one')
      .map((one) => JSON.parse(one.body) as EventDoc & { order: string })
      .filter((one) => one.order === (event.order?.id as unknown as string));

  describe('a link', () => {
    it('mints an id that is stored before the visitor goes on, with what the link said', async () => {
      const query = 'aff=anna&sub1=top&sub2=x&utm_source=news&placement=hero&aff_click_id=their-1';
      const { status, location, click, headers } = await hop(`/c/keto?${query}`);
      expect([status, headers['cache-control']]).toEqual([302, 'no-store']);
      expect(location).toBe(`https://shop.example/buy/top?tid=${click}&aff=anna`);
      expect(click).toMatch(/^[a-z2-7]{26}$/);
      expect(await touchOf(click)).toMatchObject({
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
      const { click } = await hop(
        '/c/keto?aff=anna%40shop.example&sub1=203.0.113.9&source=Anna%20a@b.example&email=x@y.example',
        {
          'user-agent': 'Canary/1',
          'x-forwarded-for': '203.0.113.9',
          referer: 'https://r.example/p',
        },
      );
      const touch = await touchOf(click);
      expect(Object.keys(touch ?? {}).toSorted()).toEqual(
        '_id affiliate at campaign expireAt kind offer placement source subIds theirs utm visitor'.split(
          ' ',
        ),
      );
      expect(JSON.stringify(touch)).not.toMatch(/@|203\.0\.113|Canary|r\.example/);
    });

    it('answers the same under any host name, and sets cookies only where that is asked for', async () => {
      const { status, cookies, click } = await hop('/c/keto', { host: 'fallback.example' });
      expect(status).toBe(302);
      expect(cookies.map((one) => one.split('=')[0])).toEqual(['wb_click', 'wb_visitor']);
      for (const one of cookies)
        expect(one).toMatch(
          new RegExp(`=${click}; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Lax$`),
        );
      expect((await hop('/c/once')).cookies).toEqual([]);
    });

    it('keeps no click for a question without a visitor, and knows no other methods', async () => {
      const before = await running.ledger.touches.countDocuments();
      const { status, location } = await hop('/c/keto?sub1=a', {}, 'HEAD');
      expect([status, location]).toEqual([302, 'https://shop.example/buy/?tid=&aff=']);
      expect((await hop('/c/keto', {}, 'POST')).status).toBe(404);
      expect(await running.ledger.touches.countDocuments()).toBe(before);
    });

    it('of an offer that nobody knows or that has ended leads nowhere, or to the fallback', async () => {
      expect(await hop('/c/nobody')).toMatchObject({ status: 404, location: '' });
      expect(await hop('/c/gone')).toMatchObject({ status: 410, location: '' });
      expect((await hop('/c/over')).location).toBe('https://shop.example/other');
    });

    it('of an offer with an account tells Tapfiliate behind the visitor’s back', async () => {
      const { click } = await hop('/c/told?aff=anna');
      const event = await until(
        () => running.ledger.events.findOne({ type: 'CLICK', 'attribution.clickId': click }),
        (found) => found !== null,
      );
      await until(
        () => partner.received.filter((one) => one.body.includes(click)),
        (found) => found.length === 1,
      );
      expect(event?.attribution).toMatchObject({ affiliateId: 'anna', offerId: 'told' });
      const row = await settled(event as EventDoc);
      expect(row).toMatchObject({ state: 'delivered', remoteIds: { clickId: 'tap-click-1' } });
      await until(
        () => touchOf(click),
        (touch) => touch !== null && touch.tell === undefined,
      );
    });
  });

  describe('a sale', () => {
    it('is attributed by its click before it is written, and partners hear it so', async () => {
      const { click } = await hop('/c/keto?aff=anna&sub1=top&aff_click_id=their-2');
      const event = await sell(click);
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
      expect(await settled(event)).toMatchObject({ state: 'delivered' });
      expect(told(event)).toMatchObject([{ attribution: { affiliateId: 'anna' } }]);
    });

    it.each([
      ['keto', 'last-touch', 1],
      ['first', 'first-touch', 0],
    ])('after two clicks of one browser on %s goes to the %s', async (offer, model, wins) => {
      const one = await hop(`/c/${offer}?aff=a0`);
      const visitor = one.cookies.find((cookie) => cookie.startsWith('wb_visitor='));
      const two = await hop(`/c/${offer}?aff=a1`, { cookie: visitor?.split(';')[0] ?? '' });
      const { attribution } = await sell(two.click);
      expect(attribution).toMatchObject({ model, affiliateId: `a${wins}` });
      expect(attribution.path?.map((touch) => touch.affiliateId)).toEqual(['a0', 'a1']);
    });

    it('belongs to an impression only where there is no click', async () => {
      const seen = await hop('/i/keto?aff=viewer');
      expect(seen).toMatchObject({ status: 200, headers: { 'content-type': 'image/gif' } });
      const cookie = seen.cookies[0]?.split(';')[0] ?? '';
      const view = await running.ledger.touches.findOne({ affiliate: 'viewer' });
      expect(view?.kind).toBe('impression');
      expect((await sell(view?._id)).attribution.affiliateId).toBe('viewer');
      const { click } = await hop('/c/keto?aff=clicker', { cookie });
      const both = await sell(click);
      expect(both.attribution.affiliateId).toBe('clicker');
      expect(both.attribution.path?.map(({ kind }) => kind)).toEqual(['impression', 'click']);
    });

    it('without click, coupon or affiliate is organic: recorded, delivered nowhere, no error', async () => {
      const event = await sell(undefined);
      expect(event.attribution).toMatchObject({ how: 'none', clickId: null });
      expect(await settled(event)).toMatchObject({ state: 'skipped', reason: 'no-attribution' });
      expect(
        running.logged.filter((line) => line.includes(event._id) && /"level":50/.test(line)),
      ).toEqual([]);
    });

    it('beyond the window counts without its click', async () => {
      const { click } = await hop('/c/keto?aff=anna');
      await running.ledger.touches.updateOne(
        { _id: click },
        { $set: { at: new Date(Date.now() - 31 * DAY_MS) } },
      );
      const event = await sell(click);
      expect(event).toMatchObject({
        flags: ['click-expired'],
        attribution: { clickId: null, how: 'none', path: [{ clickId: click }] },
      });
      const renewal = await sell(click, { type: 'REBILL', order: `${event.order?.id}-R` });
      expect(renewal.attribution).toMatchObject({ affiliateId: 'anna', how: 'click' });
    });

    it('is the only order of its click where the programme says so', async () => {
      const { click } = await hop('/c/once?aff=anna');
      const both = await Promise.all([sell(click, { order: 'W1' }), sell(click, { order: 'W2' })]);
      const voided = both.filter(({ flags }) => flags.includes('click-already-converted'));
      expect(voided).toHaveLength(1);
      const rows = await Promise.all(both.map((event) => settled(event)));
      expect(rows.map((row) => row?.state).toSorted()).toEqual(['delivered', 'skipped']);
      // The same order again: its other line is no other order.
      const won = both.find((event) => event !== voided[0])?.order?.id ?? '';
      const upsell = await running.post(
        '/in/toy/shop',
        (await import('./toys.js')).sealToy({
          type: 'SALE',
          order: won,
          line: '2',
          amount: '1',
          click,
        }),
      );
      expect(upsell.status).toBe(200);
      const lines = await running.ledger.events.find({ 'order.id': won }).toArray();
      expect(lines.flatMap(({ flags }) => flags)).not.toContain('click-already-converted');
      expect(lines).toHaveLength(2);
    });

    it('of an account that asks for no click costs no look-up, nor does one whose click is not ours', async () => {
      const event = await sell('someoneelses-1', {}, 'deaf');
      expect(event.attribution).toMatchObject({ clickId: 'someoneelses-1', how: 'click' });
      expect(event.attribution.path).toBeUndefined();
    });
  });

  describe('a click after its sale', () => {
    const late = () => running.gateway.app.get(LateAttribution);
    const age = (event: EventDoc, minutes: number) =>
      running.ledger.events.updateOne(
        { _id: event._id },
        { $set: { at: new Date(Date.now() - minutes * 60_000) } },
      );
    const correctionsOf = (event: EventDoc) =>
      running.ledger.events.find({ adjusts: event._id }).sort({ at: 1 }).toArray();
    const clickBy = (click: string, aff: string) =>
      running.post('/track', {
        headers: { authorization: `Bearer ${KEY}` },
        body: JSON.stringify({ type: 'CLICK', click_id: click, affiliate_id: aff }),
      });
    const unknown = (n: number) => `${'a'.repeat(24)}${'bcdefgh'[n]}a`;

    it('is waited for, and then told with the sale', async () => {
      const event = await sell(unknown(0));
      expect(event.attribution.how).toBe('pending');
      expect(await rowOf(event)).toMatchObject({ state: 'held', reason: 'click' });
      const wait = ((await rowOf(event))?.wakeAt?.getTime() ?? 0) - Date.now();
      expect(wait).toBeGreaterThan(50_000);
      expect((await clickBy(unknown(0), 'anna')).status).toBe(200);
      await late().run();
      expect(await settled(event)).toMatchObject({ state: 'delivered' });
      expect(told(event)).toMatchObject([{ attribution: { affiliateId: 'anna', how: 'click' } }]);
      expect(await correctionsOf(event)).toMatchObject([
        { type: 'ADJUSTMENT', attribution: { affiliateId: 'anna' }, plan: [], revenue: null },
      ]);
      const kept = await running.ledger.events.findOne({ _id: event._id });
      expect(kept).toEqual(event);
    });

    it('is no longer waited for after 15 minutes, and re-opens the sale when it comes at last', async () => {
      const event = await sell(unknown(1));
      await late().run();
      expect(await correctionsOf(event)).toEqual([]);
      await age(event, 16);
      await late().run();
      expect(await settled(event)).toMatchObject({ state: 'skipped', reason: 'no-attribution' });
      expect(await correctionsOf(event)).toMatchObject([
        { flags: ['unknown-click'], attribution: { how: 'none', clickId: null } },
      ]);
      await clickBy(unknown(1), 'berta');
      await late().run();
      const corrections = await correctionsOf(event);
      expect(corrections).toHaveLength(2);
      expect(corrections[1]?.flags).toContain('late-attribution');
      await until(
        () => told(event),
        (heard) => heard.length === 1,
      );
      expect(told(event)).toMatchObject([{ type: 'SALE', attribution: { affiliateId: 'berta' } }]);
      await late().run();
      expect(await correctionsOf(event)).toHaveLength(2);
    });

    it('of another kind of id is waited for only by accounts whose clicks all come here', async () => {
      expect((await sell('foreign-77')).attribution.how).toBe('click');
      const event = await sell('foreign-78', {}, 'strict');
      expect(event.attribution.how).toBe('pending');
      await clickBy('foreign-78', 'carla');
      await late().run();
      expect(await settled(event)).toMatchObject({ state: 'delivered' });
      expect(told(event)).toMatchObject([{ attribution: { affiliateId: 'carla' } }]);
    });

    it('is not overwritten by whoever tells it again', async () => {
      await clickBy('mine-1', 'anna');
      await running.post('/track', {
        headers: { origin: 'https://shop.example' },
        body: JSON.stringify({ type: 'CLICK', click_id: 'mine-1', affiliate_id: 'thief' }),
      });
      expect((await sell('mine-1')).attribution.affiliateId).toBe('anna');
    });
  });

  describe('what is told first-hand', () => {
    it('comes in at /track and /postback like everything else', async () => {
      const answer = await running.post('/track/web', {
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
        const pasted = await fetch(`${running.gateway.url}${path}`);
        expect(pasted.status).toBe(200);
        expect(await pasted.json()).toMatchObject({ ok: true });
      }
      expect(await running.ledger.events.countDocuments({ 'order.id': 'P1' })).toBe(1);
      const receipts = await running.ledger.receipts.find({ account: 'acme' }).toArray();
      expect(receipts.map(({ state }) => state).toSorted()).toEqual(['recorded', 'repeat']);
      expect(JSON.stringify(receipts)).not.toContain(TOKEN);
      expect(running.logged.join('')).not.toContain(TOKEN);
    });

    it.each([
      ['/track', {}],
      ['/track', { origin: 'https://evil.example' }],
      ['/track', { authorization: 'Bearer wrong-key-0123456789-abcdef' }],
      ['/postback?token=wrong_token_0123456789012&cid=c1', {}],
      ['/postback/acme/wrong_token_0123456789012?cid=c1', {}],
    ])('is refused without proof: %s %j', async (path, headers) => {
      const before = await running.ledger.receipts.countDocuments();
      const body = JSON.stringify({ type: 'LEAD', order_id: 'F1' });
      expect((await running.post(path, { headers, body })).status).toBe(401);
      expect(await running.ledger.receipts.countDocuments()).toBe(before);
    });

    it('may come from a page, which gets its cookie and its preflight', async () => {
      const preflight = await fetch(`${running.gateway.url}/track`, { method: 'OPTIONS' });
      expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
        204,
        '*',
      ]);
      const answer = await running.post('/track', {
        headers: { origin: 'https://shop.example', 'content-type': 'text/plain;charset=UTF-8' },
        body: JSON.stringify({ type: 'CLICK', click_id: 'page-1', ref: 'anna' }),
      });
      expect(answer.headers.get('set-cookie')).toMatch(
        /^wb_click=page-1; Path=\/; Domain=shop\.example; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/,
      );
      const sale = await running.post('/track', {
        headers: { origin: 'https://shop.example' },
        body: JSON.stringify({ type: 'SALE', order_id: 'F2' }),
      });
      expect(sale.status).toBe(401);
    });
  });

  describe('with time', () => {
    it('unconverted touches go after 30 days, converted ones stay', async () => {
      const [gone, sold, led] = [
        await hop('/c/first?aff=x'),
        await hop('/c/keto?aff=y'),
        await hop('/c/first?aff=z'),
      ];
      await sell(sold.click);
      const second = await hop('/c/first?aff=w', {
        cookie: led.cookies.find((one) => one.startsWith('wb_visitor='))?.split(';')[0] ?? '',
      });
      await sell(second.click);
      const expiry = new ClickExpiry(running.ledger);
      await expiry.run(Date.now() + 29 * DAY_MS);
      expect(await touchOf(gone.click)).not.toBeNull();
      while ((await expiry.run(Date.now() + 31 * DAY_MS)) > 0);
      expect(await touchOf(gone.click)).toBeNull();
      for (const { click } of [sold, led, second]) {
        const touch = await touchOf(click);
        expect(touch).not.toBeNull();
        expect(touch?.expireAt).toBeUndefined();
      }
    });
  });
});
