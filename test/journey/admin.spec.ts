import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { DeliveryDoc } from '../../src/ledger/documents.js';
import { AdminBench, CANARY, learnt, type Json } from './admin-kit.js';
import { until } from './harness.js';

describe('the admin API', () => {
  let api: AdminBench;

  beforeAll(async () => {
    api = await AdminBench.start();
  }, 60_000);

  afterAll(() => api?.stop());

  describe('reads', () => {
    it('finds an order by any of its names and computes what is left of it', async () => {
      const at = Date.parse('2026-11-20T10:00:00Z');
      const named = { order: 'R1', alias: 'pi_1' };
      const receipt = await api.sell('shop', {
        ...named,
        type: 'SALE',
        amount: '4900',
        at: `${at}`,
        click: 'clk-1',
      });
      const [first] = await api.settled((await api.eventOf('pi_1'))['id']);
      expect(first).toMatchObject({ state: 'delivered', target: 'one', attempts: 1 });
      await api.sell('shop', { type: 'REFUND', order: 'pi_1', amount: '1900', at: `${at + 1000}` });
      const refund = await api.eventOf('R1', 'REFUND');
      await api.settled(refund['id']);

      const found = await api.get('/events?orderId=R1&account=shop');
      expect(found['items'].map((event: Json) => event['type'])).toEqual(['REFUND', 'SALE']);
      expect((await api.get('/events?orderId=R1&account=other'))['items']).toEqual([]);
      expect((await api.get('/events?clickId=clk-1'))['items']).toHaveLength(1);

      const sale = await api.get(`/events/${found['items'][1]['id']}`);
      expect(sale).toMatchObject({
        schemaVersion: 1,
        order: { id: 'R1', aliases: ['pi_1'] },
        revenue: { amount: 4900, currency: 'USD' },
        refundStatus: 'partial',
        timeline: { netRevenue: { USD: 3000 }, refundStatus: 'partial' },
        receipts: [{ id: receipt, state: 'recorded' }],
        deliveries: [{ state: 'delivered' }],
      });
      const back = await api.get(`/events/${refund['id']}`);
      expect([back['reverses'], back['refundStatus']]).toEqual([sale['id'], null]);
      expect(
        back['timeline'].events.map((one: Json) => [one['type'], one['deliveries'][0].state]),
      ).toEqual([
        ['SALE', 'delivered'],
        ['REFUND', 'delivered'],
      ]);
      await api.sell('shop', {
        type: 'CHARGEBACK',
        order: 'R1',
        amount: '3000',
        at: `${at + 2000}`,
      });
      const after = await api.get(`/events/${sale['id']}`);
      expect(after['timeline']).toMatchObject({ netRevenue: { USD: 0 }, refundStatus: 'full' });
      await api.sell('shop', {
        type: 'CHARGEBACK_REVERSED',
        order: 'R1',
        amount: '3000',
        at: `${at + 3000}`,
      });
      const won = await api.get(`/events/${sale['id']}`);
      expect([won['refundStatus'], won['timeline'].netRevenue]).toEqual(['partial', { USD: 3000 }]);
    });

    it('pages through every list without a gap or a repeat, also within one millisecond', async () => {
      const template = (await api.running.ledger.events.findOne({}))!;
      const at = new Date('2030-01-01T00:00:00.000Z');
      const ids = Array.from({ length: 11 }, (_unused, i) => `page${'abcdefghijk'[i]}`);
      await api.running.ledger.events.insertMany(
        ids.map((_id, i) => ({
          ...template,
          _id,
          refs: ['shop|PAGED'],
          at: new Date(at.getTime() - (i > 7 ? i : 0)),
        })),
      );
      for (const query of ['account=shop', 'orderId=PAGED', 'from=2029-12-31T23:00:00Z']) {
        const pages = await api.pages(`/events?${query}&limit=3`);
        const seen = pages.flat().map((event) => String(event['id']));
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((id) => ids.includes(id))).toHaveLength(11);
      }
      await api.running.ledger.events.deleteMany({ _id: { $in: ids } });
      for (let i = 0; i < 5; i += 1) await api.sell('other', { type: 'CLICK', order: `C${i}` });
      for (const path of ['/deliveries?target=two&limit=2', '/receipts?account=other&limit=2']) {
        const sizes = (await api.pages(path)).map((page) => page.length);
        expect([path, sizes]).toEqual([path, [2, 2, 1]]);
      }
    });

    it('filters by test, by time and by state', async () => {
      await api.sell('shop', { type: 'SALE', order: 'T1', amount: '1', test: true });
      const tests = await api.get('/events?test=true');
      expect(tests['items'].map((event: Json) => event['order'].id)).toEqual(['T1']);
      expect((await api.get('/events?to=2001-01-01'))['items']).toEqual([]);
      const skipped = await api.get('/deliveries?status=skipped&account=shop');
      expect(skipped['items'].map((row: Json) => row['reason'])).toEqual(['test']);
      const leak = await api.ask(`/deliveries/${skipped['items'][0].id}/replay`, 'POST');
      expect([leak.status, leak.json['code']]).toEqual([409, 'WB_DELIVERY_TEST']);
      expect((await api.get('/deliveries?status=dead'))['items']).toEqual([]);
    });

    it('shows a receipt with its fields masked and every other byte in place', async () => {
      const big =
        '{"type":"SALE","order":"M1","amount":"5","cardToken":"tok_4242","big":12345678901234567890,"buyer":{"email":"a@b.example","city":"Graz"}}';
      const id = await api.sell('shop', big as never);
      const shown = await api.get(`/receipts/${id}`);
      expect(shown['body'].data).toBe(
        big.replace('tok_4242', '••••••').replace('a@b.example', '••••••'),
      );
      expect(shown['headers']).toEqual({
        'content-type': 'application/json',
        'user-agent': 'node',
      });
      expect(shown['credential']).toBe('current');
      const again = await api.sell('shop', big as never);
      const event = await api.eventOf('M1');
      const { receipts } = await api.get(`/events/${event['id']}`);
      expect(receipts.map((one: Json) => [one['id'], one['state']])).toEqual([
        [id, 'recorded'],
        [again, 'repeat'],
      ]);
    });

    it('describes targets, accounts, routes, plugins and health', async () => {
      const targets = await api.get('/targets');
      expect(targets['items'].map((target: Json) => target['id'])).toEqual(['one', 'two']);
      expect(targets['items'][1].settings.url).toContain('token=');
      const accounts = await api.get('/accounts');
      expect(accounts['items'][0]).toMatchObject({
        id: 'shop',
        credentials: [{ id: 'current', value: { secret: '••••••' } }],
        inbound: { path: '/in/toy/shop', url: null },
      });
      expect((await api.get('/routes'))['items'][0]).toMatchObject({ from: ['shop'], to: ['one'] });
      const plugins = await api.get('/plugins');
      expect(plugins['items'][0]).toMatchObject({
        kind: 'source',
        source: { credentials: { required: ['secret'] }, events: [{ becomes: 'SALE' }] },
      });
      const health = await api.get('/health');
      expect(health).toMatchObject({ mongo: { up: true }, redis: { up: true }, draining: false });
      expect(health['targets'].map((target: Json) => target['id'])).toEqual(['one', 'two']);
    });
  });

  describe('explanations', () => {
    const far = new Date(Date.now() + 3_600_000);
    const CASES: [Partial<DeliveryDoc>, RegExp, string][] = [
      [{ state: 'due', wakeAt: far }, /about to be sent/, 'nobody'],
      [{ state: 'due', wakeAt: far, target: 'gone' }, /not configured any more/, 'operator'],
      [{ state: 'held', reason: 'parent', wakeAt: far }, /not seen yet/, 'nobody'],
      [{ state: 'held', reason: 'parent', parent: 'p1', wakeAt: far }, /delivery p1/, 'nobody'],
      [{ state: 'held', reason: 'consent', wakeAt: far }, /consent/, 'nobody'],
      [{ state: 'sending', wakeAt: far }, /being sent/, 'nobody'],
      [
        { state: 'retry', attempts: 2, wakeAt: far },
        /Try 2 did not get through \(HTTP 503/,
        'nobody',
      ],
      [{ state: 'uncertain', wakeAt: far }, /no answer came/, 'nobody'],
      [{ state: 'uncertain', reason: 'hold', wakeAt: far }, /asks a person/, 'operator'],
      [{ state: 'delivered' }, /has it/, 'nobody'],
      [{ state: 'delivered', reason: 'not-attributed' }, /nobody/, 'operator'],
      [{ state: 'duplicate' }, /earlier attempt of ours/, 'nobody'],
      [{ state: 'duplicate', reason: 'review' }, /not from us/, 'operator'],
      [{ state: 'skipped', reason: 'no-attribution' }, /click/, 'nobody'],
      [{ state: 'skipped', reason: 'parent-not-delivered' }, /never got/, 'nobody'],
      [{ state: 'refused', reason: `bad goal ${CANARY}` }, /refused it: bad goal •+/, 'operator'],
      [{ state: 'refused', reason: 'WB_PLUGIN_THREW: hook' }, /plugin failed/, 'plugin author'],
      [{ state: 'dead', reason: 'deadline', attempts: 20 }, /72 hours and 20 tries/, 'partner'],
      [{ state: 'dead', reason: 'deadline', attempts: 0 }, /never tried/, 'partner'],
      [{ state: 'dead', reason: 'poison' }, /Three processes/, 'operator'],
      [{ state: 'cancelled', reason: 'not-in-plan' }, /plan/, 'nobody'],
    ];

    it('says of every state why, who must act and what comes next', async () => {
      const template = (await api.running.ledger.deliveries.findOne({ target: 'one' }))!;
      const { wakeAt: _w, reason: _r, token: _t, ...base } = template;
      const log = [
        {
          n: 2,
          at: far,
          ms: 5,
          step: 0,
          outcome: 'retry',
          status: 503,
          note: 'busy',
          answer: `no ${CANARY}`,
        },
      ];
      const at = new Date();
      const ids = CASES.map((_case, i) => `explain${i}`);
      await api.running.ledger.deliveries.insertMany(
        CASES.map(([row], i) => ({ ...base, at, log, ...row, _id: ids[i]! }) as DeliveryDoc),
      );
      for (const [i, [row, sentence, who]] of CASES.entries()) {
        const shown = await api.get(`/deliveries/${ids[i]}`);
        expect([row, shown['explanation']]).toEqual([
          row,
          { sentence: expect.stringMatching(sentence), who, next: expect.stringMatching(/\.$/) },
        ]);
        expect(shown['log'][0]).toMatchObject({ n: 2, status: 503, answer: 'no ••••••' });
      }
      const health = await api.get('/health');
      expect([health['status'], String(health['warnings'])]).toEqual([
        'degraded',
        expect.stringContaining('target gone'),
      ]);
      await api.running.ledger.deliveries.deleteMany({ _id: { $in: ids } });
    });
  });

  describe('deeds', () => {
    it('sends a refused delivery again as a new row, and refuses what is open or unknown', async () => {
      api.partner.behave(() => ({ status: 422, body: `no such goal ${CANARY}` }));
      await api.sell('shop', { type: 'SALE', order: 'D1', amount: '1' });
      const event = await api.eventOf('D1');
      const [refused] = await api.settled(event['id']);
      expect(refused).toMatchObject({ state: 'refused', explanation: { who: 'operator' } });
      const detail = await api.get(`/deliveries/${refused!['id']}`);
      expect(detail['log'][0]).toMatchObject({ status: 422, answer: 'no such goal ••••••' });

      api.partner.behave(() => ({ status: 200, body: 'fine' }));
      const accepted = await api.ask(`/deliveries/${refused!['id']}/replay`, 'POST');
      expect(accepted.status).toBe(202);
      const rows = await api.settled(event['id'], 2);
      expect(rows.map((row) => [row['state'], row['replayOf']])).toEqual([
        ['delivered', refused!['id']],
        ['refused', null],
      ]);
      expect(rows[0]!['id']).toBe(accepted.json['id']);
      expect((await api.get(`/deliveries/${refused!['id']}`))['replays']).toEqual([rows[0]!['id']]);
      expect(api.partner.bodies().filter((body) => body['order'] === 'D1')).toHaveLength(2);

      expect((await api.ask('/deliveries/nope/replay', 'POST')).json['code']).toBe('WB_NOT_FOUND');
      await api.running.ledger.deliveries.updateOne(
        { _id: refused!['id'] as string },
        { $set: { state: 'due', wakeAt: new Date(Date.now() + 3_600_000) } },
      );
      const open = await api.ask(`/deliveries/${refused!['id']}/replay`, 'POST');
      expect([open.status, open.json['code']]).toEqual([409, 'WB_DELIVERY_OPEN']);
      await api.running.ledger.deliveries.deleteOne({ _id: refused!['id'] as string });
    });

    it('reads a parked receipt again once its plugin understands it', async () => {
      const id = await api.sell('shop', { type: 'mystery', order: 'D2' });
      const parked = await api.get('/receipts?state=parked');
      expect(parked['items']).toMatchObject([{ id, reason: 'unknown type mystery' }]);
      const early = await api.ask(`/receipts/${id}/replay`, 'POST');
      expect([early.status, early.json['code'], early.json['detail']]).toEqual([
        422,
        'WB_RECEIPT_NOT_UNDERSTOOD',
        'unknown type mystery',
      ]);
      learnt.mystery = true;
      const done = await api.ask(`/receipts/${id}/replay`, 'POST');
      expect([done.status, done.json['state']]).toEqual([202, 'recorded']);
      const event = await api.eventOf('D2', 'LEAD');
      expect(done.json['eventIds']).toEqual([event['id']]);
      expect((await api.settled(event['id']))[0]!['state']).toBe('delivered');
      expect((await api.get('/receipts?state=parked'))['items']).toEqual([]);
      expect((await api.ask(`/receipts/${id}/replay`, 'POST')).json['code']).toBe(
        'WB_RECEIPT_NOT_PARKED',
      );
    });

    it('holds everything while a target is paused, and delivers it afterwards', async () => {
      const paused = await api.ask('/targets/two/pause', 'POST', { reason: 'moving house' });
      expect(paused.json).toMatchObject({
        changed: true,
        target: { state: { paused: true, who: 'operator: moving house' } },
      });
      expect(
        (await api.ask('/targets/two/pause', 'POST', { reason: 'again' })).json['changed'],
      ).toBe(false);
      const sent = () => api.partner.bodies().filter((body) => body['order'] === 'D3').length;
      await api.sell('other', { type: 'SALE', order: 'D3', amount: '1' });
      const event = await api.eventOf('D3');
      const list = await api.get(`/deliveries?eventId=${event['id']}`);
      expect(list['items'][0]).toMatchObject({
        state: 'due',
        explanation: { sentence: expect.stringContaining('moving house'), who: 'operator' },
      });
      expect((await api.get('/health'))['pausedTargets']).toEqual(['two']);
      expect((await api.get('/targets'))['items'][1].open.due).toBe(1);
      // The sweeper would look at it now, were the target not paused.
      await api.running.ledger.deliveries.updateOne(
        { event: event['id'] as string },
        { $set: { wakeAt: new Date() } },
      );
      await until(
        () => api.get('/health'),
        ({ targets }) => targets[1].oldestDueSeconds >= 2,
      );
      expect(sent()).toBe(0);
      const resumed = await api.ask('/targets/two/resume', 'POST');
      expect(resumed.json).toMatchObject({ changed: true, target: { state: { paused: false } } });
      expect((await api.settled(event['id']))[0]!['state']).toBe('delivered');
      expect(sent()).toBe(1);
      expect((await api.ask('/targets/nope/resume', 'POST')).status).toBe(404);
      expect(
        (await api.ask('/targets/two/pause', 'POST', { reason: 7, who: 'x' })).json['faults'],
      ).toEqual([
        { field: 'who', rule: 'is not a parameter of this call' },
        { field: 'reason', rule: 'must be a text' },
      ]);
    });
  });

  it('gives answers that fit the schemas of the OpenAPI document', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const { components } = JSON.parse((await api.raw('GET', '/api/openapi.json')).text) as Json;
    ajv.addSchema({ $id: 'api', components });
    const fits = (name: string, value: unknown) => {
      const check = ajv.getSchema(`api#/components/schemas/${name}`)!;
      expect([name, check(value), check.errors]).toEqual([name, true, null]);
    };
    const lists = { events: 'Event', deliveries: 'Delivery', receipts: 'Receipt' };
    for (const [path, name] of Object.entries(lists)) {
      const page = await api.get(`/${path}`);
      fits(`${name}Page`, page);
      expect(page['items'].length).toBeGreaterThan(3);
      for (const { id } of page['items']) fits(`${name}Detail`, await api.get(`/${path}/${id}`));
    }
    const wholes = {
      targets: 'TargetList',
      accounts: 'AccountList',
      routes: 'RouteList',
      plugins: 'PluginList',
      health: 'GatewayHealth',
    };
    for (const [path, name] of Object.entries(wholes)) fits(name, await api.get(`/${path}`));
    fits('Problem', (await api.ask('/events/none')).json);
    fits('Problem', (await api.ask('/events?limit=x')).json);
    fits('Problem', (await api.ask('/nothing')).json);
  });

  it('never lets a secret out', () => {
    const leaks = [CANARY, encodeURIComponent(CANARY), 'tok_4242', 'a@b.example'];
    expect(api.answers.length).toBeGreaterThan(100);
    for (const leak of leaks) expect(api.answers.filter((text) => text.includes(leak))).toEqual([]);
    expect(api.running.logged.filter((line) => line.includes(CANARY))).toEqual([]);
  });
});
