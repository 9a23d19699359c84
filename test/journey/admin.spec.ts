import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ConfigurationViews } from '../../src/admin/configuration/configuration-views.js';
import { DeliveryReads } from '../../src/admin/deliveries/delivery-reads.js';
import { EventReads } from '../../src/admin/events/event-reads.js';
import { GatewayHealth } from '../../src/admin/gateway/gateway-health.js';
import { ReceiptReads } from '../../src/admin/receipts/receipt-reads.js';
import { TargetViews } from '../../src/admin/targets/target-views.js';
import { notUnderstood, type SourcePlugin, type TargetPlugin } from '../../src/contract/index.js';
import { Replays } from '../../src/deliver/replay.js';
import type { DeliveryDoc } from '../../src/ledger/documents.js';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { TargetStates } from '../../src/settle/target-states.js';
import { ADMIN_KEY, freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';
import { hookTarget, sealToy, toySource } from './toys.js';

const CANARY = 'canary-0123456789-secret';
let knowsMystery = false;

/** The toy network, with fields to mask and a word that it learns later. */
const shopSource = {
  ...toySource,
  redact: ['cardToken', 'buyer.email'],
  normalize: (payload, context) => {
    if ((payload as { type?: unknown }).type !== 'mystery')
      return toySource.normalize(payload, context);
    return knowsMystery
      ? toySource.normalize({ ...(payload as object), type: 'LEAD' } as typeof payload, context)
      : notUnderstood('unknown type mystery');
  },
} as typeof toySource;

const yaml = (url: string) => `
accounts:
  - { id: shop, source: toy, credentials: { secret: ${CANARY} } }
  - { id: other, source: toy, credentials: { secret: toy-secret } }
targets:
  - { id: one, target: hook, settings: { url: "${url}/one" } }
  - { id: two, target: hook, settings: { url: "${url}/two?token=${CANARY}" } }
routes:
  - { from: shop, to: one }
  - { from: other, to: two }
`;

type Json = Record<string, any>; // eslint-disable-line typescript/no-explicit-any

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

describe('the admin API', () => {
  let stores: TestStores;
  let partner: Partner;
  let running: Running;
  let document: Json;
  const everything: string[] = [];

  /** Exactly this path, as no well-behaved client would send it. */
  const raw = (method: string, path: string, headers = {}, body = ''): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(running.gateway.url);
      const request = http.request({ hostname, port, method, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          everything.push(text);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  const withKey = { authorization: `Bearer ${ADMIN_KEY}` };
  const ask = async (path: string, method = 'GET', body?: object) => {
    const more = body ? { 'content-type': 'application/json' } : {};
    const answer = await raw(
      method,
      `/api/v1${path}`,
      { ...withKey, ...more },
      body && JSON.stringify(body),
    );
    return { ...answer, json: JSON.parse(answer.text) as Json };
  };
  const get = async (path: string): Promise<Json> => {
    const answer = await ask(path);
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.json;
  };
  const sell = async (account: string, payload: Json): Promise<string> => {
    const secret = account === 'shop' ? CANARY : 'toy-secret';
    const answer = await running.post(`/in/toy/${account}`, sealToy(payload as never, secret));
    expect(answer.status).toBe(200);
    return (JSON.parse(answer.body) as { receipt: string }).receipt;
  };
  const settled = (query: string, count = 1) =>
    until(
      () => get(`/deliveries?${query}`),
      ({ items }) =>
        items.length === count && items.every((row: Json) => typeof row['settledAt'] === 'string'),
    ).then(({ items }) => items as Json[]);
  const eventOf = async (order: string, type = 'SALE'): Promise<Json> =>
    (await get(`/events?orderId=${order}&type=${type}`))['items'][0] as Json;

  beforeAll(async () => {
    stores = await startTestStores();
    partner = await startPartner((_request, nth) => ({ status: 200, body: `remote-${nth}` }));
    running = await run(
      { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl },
      yaml(partner.url),
      { plugins: [shopSource, hookTarget] as unknown as (SourcePlugin | TargetPlugin)[] },
    );
    await running.gateway.prepared;
    document = JSON.parse((await raw('GET', '/api/openapi.json')).text) as Json;
  }, 60_000);

  afterAll(async () => {
    await running?.stop();
    await partner?.close();
    await stores?.stop();
  });

  describe('reads', () => {
    it('finds an order by any of its names and computes what is left of it', async () => {
      const at = Date.parse('2026-11-20T10:00:00Z');
      const named = { order: 'R1', alias: 'pi_1' };
      const receipt = await sell('shop', {
        ...named,
        type: 'SALE',
        amount: '4900',
        at: `${at}`,
        click: 'clk-1',
      });
      const [first] = await settled(`eventId=${(await eventOf('pi_1'))['id']}`);
      expect(first).toMatchObject({ state: 'delivered', target: 'one', attempts: 1 });
      await sell('shop', { type: 'REFUND', order: 'pi_1', amount: '1900', at: `${at + 1000}` });
      const refund = await eventOf('R1', 'REFUND');
      await settled(`eventId=${refund['id']}`);

      const found = await get('/events?orderId=R1&account=shop');
      expect(found['items'].map((event: Json) => event['type'])).toEqual(['REFUND', 'SALE']);
      expect((await get('/events?orderId=R1&account=other'))['items']).toEqual([]);
      expect((await get('/events?clickId=clk-1'))['items']).toHaveLength(1);

      const sale = await get(`/events/${found['items'][1]['id']}`);
      expect(sale).toMatchObject({
        schemaVersion: 1,
        order: { id: 'R1', aliases: ['pi_1'] },
        revenue: { amount: 4900, currency: 'USD' },
        refundStatus: 'partial',
        timeline: { netRevenue: { USD: 3000 }, refundStatus: 'partial' },
        receipts: [{ id: receipt, state: 'recorded' }],
        deliveries: [{ state: 'delivered' }],
      });
      const back = await get(`/events/${refund['id']}`);
      expect([back['reverses'], back['refundStatus']]).toEqual([sale['id'], null]);
      expect(
        back['timeline'].events.map((one: Json) => [one['type'], one['deliveries'][0].state]),
      ).toEqual([
        ['SALE', 'delivered'],
        ['REFUND', 'delivered'],
      ]);
      await sell('shop', { type: 'CHARGEBACK', order: 'R1', amount: '3000', at: `${at + 2000}` });
      const after = await get(`/events/${sale['id']}`);
      expect(after['timeline']).toMatchObject({ netRevenue: { USD: 0 }, refundStatus: 'full' });
      await sell('shop', {
        type: 'CHARGEBACK_REVERSED',
        order: 'R1',
        amount: '3000',
        at: `${at + 3000}`,
      });
      const won = await get(`/events/${sale['id']}`);
      expect([won['refundStatus'], won['timeline'].netRevenue]).toEqual(['partial', { USD: 3000 }]);
    });

    it('pages through every list without a gap or a repeat, also within one millisecond', async () => {
      const template = (await running.ledger.events.findOne({}))!;
      const at = new Date('2030-01-01T00:00:00.000Z');
      const ids = Array.from({ length: 11 }, (_unused, i) => `page${'abcdefghijk'[i]}`);
      await running.ledger.events.insertMany(
        ids.map((_id, i) => ({
          ...template,
          _id,
          refs: ['shop|PAGED'],
          at: new Date(at.getTime() - (i > 7 ? i : 0)),
        })),
      );
      for (const query of ['account=shop', 'orderId=PAGED', 'from=2029-12-31T23:00:00Z']) {
        const seen: string[] = [];
        let cursor: string | null = '';
        for (let pages = 0; cursor !== null && pages < 60; pages += 1) {
          const page: Json = await get(
            `/events?${query}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`,
          );
          seen.push(...page['items'].map((event: Json) => event['id'] as string));
          cursor = page['nextCursor'];
        }
        expect(cursor).toBeNull();
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((id) => ids.includes(id))).toHaveLength(11);
      }
      await running.ledger.events.deleteMany({ _id: { $in: ids } });
      for (let i = 0; i < 5; i += 1) await sell('other', { type: 'CLICK', order: `C${i}` });
      for (const path of ['/deliveries?target=two&limit=2', '/receipts?account=other&limit=2']) {
        const sizes: number[] = [];
        let next: string | null = '';
        while (next !== null) {
          const page: Json = await get(`${path}${next === '' ? '' : `&cursor=${next}`}`);
          sizes.push(page['items'].length);
          next = page['nextCursor'];
        }
        expect([path, sizes]).toEqual([path, [2, 2, 1]]);
      }
    });

    it('filters by test, by time and by state', async () => {
      await sell('shop', { type: 'SALE', order: 'T1', amount: '1', test: true });
      const tests = await get('/events?test=true');
      expect(tests['items'].map((event: Json) => event['order'].id)).toEqual(['T1']);
      expect((await get('/events?to=2001-01-01'))['items']).toEqual([]);
      const skipped = await get('/deliveries?status=skipped&account=shop');
      expect(skipped['items'].map((row: Json) => row['reason'])).toEqual(['test']);
      expect((await get('/deliveries?status=dead'))['items']).toEqual([]);
    });

    it('shows a receipt with its fields masked and every other byte in place', async () => {
      const big =
        '{"type":"SALE","order":"M1","amount":"5","cardToken":"tok_4242","big":12345678901234567890,"buyer":{"email":"a@b.example","city":"Graz"}}';
      const id = await sell('shop', big as never);
      const shown = await get(`/receipts/${id}`);
      expect(shown['body'].data).toBe(
        big.replace('tok_4242', '••••••').replace('a@b.example', '••••••'),
      );
      expect(shown['headers']).toEqual({
        'content-type': 'application/json',
        'user-agent': 'node',
      });
      expect(shown['credential']).toBe('current');
      const again = await sell('shop', big as never);
      const event = await eventOf('M1');
      const { receipts } = await get(`/events/${event['id']}`);
      expect(receipts.map((one: Json) => [one['id'], one['state']])).toEqual([
        [id, 'recorded'],
        [again, 'repeat'],
      ]);
    });

    it('describes targets, accounts, routes, plugins and health', async () => {
      const targets = await get('/targets');
      expect(targets['items'].map((target: Json) => target['id'])).toEqual(['one', 'two']);
      expect(targets['items'][1].settings.url).toContain('token=');
      const accounts = await get('/accounts');
      expect(accounts['items'][0]).toMatchObject({
        id: 'shop',
        credentials: [{ id: 'current', value: { secret: '••••••' } }],
        inbound: { path: '/in/toy/shop', url: null },
      });
      expect((await get('/routes'))['items'][0]).toMatchObject({ from: ['shop'], to: ['one'] });
      const plugins = await get('/plugins');
      expect(plugins['items'][0]).toMatchObject({
        kind: 'source',
        source: { credentials: { required: ['secret'] }, events: [{ becomes: 'SALE' }] },
      });
      const health = await get('/health');
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
      [{ state: 'dead', reason: 'poison' }, /Three processes/, 'operator'],
      [{ state: 'cancelled', reason: 'not-in-plan' }, /plan/, 'nobody'],
    ];

    it('says of every state why, who must act and what comes next', async () => {
      const template = (await running.ledger.deliveries.findOne({ target: 'one' }))!;
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
      await running.ledger.deliveries.insertMany(
        CASES.map(([row], i) => ({ ...base, at, log, ...row, _id: ids[i]! }) as DeliveryDoc),
      );
      for (const [i, [row, sentence, who]] of CASES.entries()) {
        const shown = await get(`/deliveries/${ids[i]}`);
        expect([row, shown['explanation']]).toEqual([
          row,
          { sentence: expect.stringMatching(sentence), who, next: expect.stringMatching(/\.$/) },
        ]);
        expect(shown['log'][0]).toMatchObject({ n: 2, status: 503, answer: 'no ••••••' });
      }
      const health = await get('/health');
      expect([health['status'], String(health['warnings'])]).toEqual([
        'degraded',
        expect.stringContaining('target gone'),
      ]);
      await running.ledger.deliveries.deleteMany({ _id: { $in: ids } });
    });
  });

  describe('deeds', () => {
    it('sends a refused delivery again as a new row, and refuses what is open or unknown', async () => {
      partner.behave(() => ({ status: 422, body: `no such goal ${CANARY}` }));
      await sell('shop', { type: 'SALE', order: 'D1', amount: '1' });
      const event = await eventOf('D1');
      const [refused] = await settled(`eventId=${event['id']}`);
      expect(refused).toMatchObject({ state: 'refused', explanation: { who: 'operator' } });
      const detail = await get(`/deliveries/${refused!['id']}`);
      expect(detail['log'][0]).toMatchObject({ status: 422, answer: 'no such goal ••••••' });

      partner.behave(() => ({ status: 200, body: 'fine' }));
      const accepted = await ask(`/deliveries/${refused!['id']}/replay`, 'POST');
      expect(accepted.status).toBe(202);
      const rows = await settled(`eventId=${event['id']}`, 2);
      expect(rows.map((row) => [row['state'], row['replayOf']])).toEqual([
        ['delivered', refused!['id']],
        ['refused', null],
      ]);
      expect(rows[0]!['id']).toBe(accepted.json['id']);
      expect((await get(`/deliveries/${refused!['id']}`))['replays']).toEqual([rows[0]!['id']]);
      expect(partner.bodies().filter((body) => body['order'] === 'D1')).toHaveLength(2);

      expect((await ask('/deliveries/nope/replay', 'POST')).json['code']).toBe('WB_NOT_FOUND');
      await running.ledger.deliveries.updateOne(
        { _id: refused!['id'] as string },
        { $set: { state: 'due', wakeAt: new Date(Date.now() + 3_600_000) } },
      );
      const open = await ask(`/deliveries/${refused!['id']}/replay`, 'POST');
      expect([open.status, open.json['code']]).toEqual([409, 'WB_DELIVERY_OPEN']);
      await running.ledger.deliveries.deleteOne({ _id: refused!['id'] as string });
    });

    it('reads a parked receipt again once its plugin understands it', async () => {
      const id = await sell('shop', { type: 'mystery', order: 'D2' });
      const parked = await get('/receipts?state=parked');
      expect(parked['items']).toMatchObject([{ id, reason: 'unknown type mystery' }]);
      const early = await ask(`/receipts/${id}/replay`, 'POST');
      expect([early.status, early.json['code'], early.json['detail']]).toEqual([
        422,
        'WB_RECEIPT_NOT_UNDERSTOOD',
        'unknown type mystery',
      ]);
      knowsMystery = true;
      const done = await ask(`/receipts/${id}/replay`, 'POST');
      expect([done.status, done.json['state']]).toEqual([202, 'recorded']);
      const event = await eventOf('D2', 'LEAD');
      expect(done.json['eventIds']).toEqual([event['id']]);
      expect((await settled(`eventId=${event['id']}`))[0]!['state']).toBe('delivered');
      expect((await get('/receipts?state=parked'))['items']).toEqual([]);
      expect((await ask(`/receipts/${id}/replay`, 'POST')).json['code']).toBe(
        'WB_RECEIPT_NOT_PARKED',
      );
    });

    it('holds everything while a target is paused, and delivers it afterwards', async () => {
      const paused = await ask('/targets/two/pause', 'POST', { reason: 'moving house' });
      expect(paused.json).toMatchObject({
        changed: true,
        target: { state: { paused: true, who: 'operator: moving house' } },
      });
      expect((await ask('/targets/two/pause', 'POST', { reason: 'again' })).json['changed']).toBe(
        false,
      );
      const sent = () => partner.bodies().filter((body) => body['order'] === 'D3').length;
      await sell('other', { type: 'SALE', order: 'D3', amount: '1' });
      const event = await eventOf('D3');
      const list = await get(`/deliveries?eventId=${event['id']}`);
      expect(list['items'][0]).toMatchObject({
        state: 'due',
        explanation: { sentence: expect.stringContaining('moving house'), who: 'operator' },
      });
      expect((await get('/health'))['pausedTargets']).toEqual(['two']);
      expect((await get('/targets'))['items'][1].open.due).toBe(1);
      // The sweeper would look at it now, were the target not paused.
      await running.ledger.deliveries.updateOne(
        { event: event['id'] as string },
        { $set: { wakeAt: new Date() } },
      );
      await until(
        () => get('/health'),
        ({ targets }) => targets[1].oldestDueSeconds >= 2,
      );
      expect(sent()).toBe(0);
      const resumed = await ask('/targets/two/resume', 'POST');
      expect(resumed.json).toMatchObject({ changed: true, target: { state: { paused: false } } });
      expect((await settled(`eventId=${event['id']}`))[0]!['state']).toBe('delivered');
      expect(sent()).toBe(1);
      expect((await ask('/targets/nope/resume', 'POST')).status).toBe(404);
      expect(
        (await ask('/targets/two/pause', 'POST', { reason: 7, who: 'x' })).json['faults'],
      ).toEqual([
        { field: 'who', rule: 'is not a parameter of this call' },
        { field: 'reason', rule: expect.stringMatching(/^must/) },
      ]);
    });
  });

  describe('the lock', () => {
    it('runs no handler without the key, however the request is spelt', async () => {
      const of = <T>(type: new (...args: never[]) => T): T =>
        running.gateway.app.get(type, { strict: false });
      const spies = [
        ...(['list', 'byId'] as const).map((name) => jest.spyOn(of(EventReads), name)),
        ...(['list', 'byId'] as const).map((name) => jest.spyOn(of(DeliveryReads), name)),
        ...(['list', 'byId'] as const).map((name) => jest.spyOn(of(ReceiptReads), name)),
        ...(['list', 'one'] as const).map((name) => jest.spyOn(of(TargetViews), name)),
        ...(['accounts', 'routes', 'plugins'] as const).map((name) =>
          jest.spyOn(of(ConfigurationViews), name),
        ),
        ...(['pause', 'resume'] as const).map((name) => jest.spyOn(of(TargetStates), name)),
        jest.spyOn(of(Replays), 'replay'),
        jest.spyOn(of(GatewayHealth), 'look'),
      ] as { mock: { calls: unknown[] }; mockRestore(): void }[];
      const runs = () => spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
      const paths = Object.keys(document['paths']).map((path) => path.replace('{id}', 'one'));
      const spellings = (path: string) => [
        path,
        `${path}/`,
        `/${path}`,
        path.replace('/v1', '//v1'),
        `${path};a=b`,
        path.replace('/v1', '/%2e/v1'),
        path.replace('/v1', '/x/../v1'),
        path.replace('v1', '%76%31'),
        path.toUpperCase(),
        `${path}?key=${ADMIN_KEY}`,
        `${path}%00`,
      ];
      const tricks: Record<string, string>[] = [
        {},
        { 'content-type': 'text/plain' },
        { 'content-type': 'application/x-www-form-urlencoded', 'x-http-method-override': 'GET' },
        { authorization: ADMIN_KEY },
        { authorization: 'Bearer ' },
        { authorization: `Basic ${Buffer.from(`x:${ADMIN_KEY}`).toString('base64')}` },
        { 'x-forwarded-for': '127.0.0.1', 'x-original-url': '/livez', cookie: `key=${ADMIN_KEY}` },
      ];
      let tried = 0;
      for (const path of paths)
        for (const spelling of spellings(path))
          for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT'])
            for (const headers of spelling === path ? tricks : tricks.slice(0, 1)) {
              const answer = await raw(method, spelling, headers);
              expect([400, 401, 404, 429]).toContain(answer.status);
              if (spelling === path)
                expect([method, path, [401, 429].includes(answer.status)]).toEqual([
                  method,
                  path,
                  true,
                ]);
              tried += 1;
            }
      expect([tried > 500, runs()]).toEqual([true, 0]);
      await get('/health');
      expect(runs()).toBeGreaterThan(0);
      for (const spy of spies) spy.mockRestore();
    });

    it('answers 401 with the scheme, and slows down who keeps guessing, but never the right key', async () => {
      const none = await raw('GET', '/api/v1/events');
      expect([none.status, none.headers['www-authenticate'], none.headers['content-type']]).toEqual(
        [401, 'Bearer realm="waybill"', 'application/problem+json; charset=utf-8'],
      );
      expect(JSON.parse(none.text)).toMatchObject({ code: 'WB_ADMIN_KEY_MISSING', status: 401 });
      const statuses: number[] = [];
      for (let i = 0; i < 120; i += 1)
        statuses.push(
          (await raw('GET', '/api/v1/health', { authorization: `Bearer no-${i}` })).status,
        );
      expect([statuses.every((one) => one === 401 || one === 429), statuses.at(-1)]).toEqual([
        true,
        429,
      ]);
      expect((await ask('/health')).status).toBe(200);
    });

    it('turns operators, doubles and unknown names into a 400 that names field and rule', async () => {
      const bad = [
        'account[$ne]=x',
        'account=a&account=b',
        '$where=1',
        'account.$gt=',
        'limit=0',
        'limit=201',
        'limit=1e2',
        'type=SALES',
        'test=maybe',
        'from=yesterday',
        'from=2026-11-20T10:00:00',
        'from=2026-13-40',
        'cursor=abc',
        'orderId=',
        'orderId[]=x',
      ];
      for (const query of bad) {
        const { status, json } = await ask(`/events?${query}`);
        expect([query, status, json['code']]).toEqual([query, 400, 'WB_QUERY_INVALID']);
        expect(json['faults'][0].field).not.toBe('');
      }
      for (const text of ['{"$gt":""}', '$ne', '__proto__', 'x;drop', '\u0000', '../..'])
        expect((await get(`/events?account=${encodeURIComponent(text)}`))['items']).toEqual([]);
      for (const id of ['%7B%22$gt%22:%22%22%7D', '__proto__', 'constructor', '%00'])
        expect((await ask(`/events/${id}`)).status).toBe(404);
      const body = await raw(
        'POST',
        '/api/v1/targets/one/pause',
        { ...withKey, 'content-type': 'application/json' },
        '{"reason":',
      );
      expect([body.status, JSON.parse(body.text)]).toEqual([
        400,
        expect.objectContaining({ code: 'WB_BODY_INVALID' }),
      ]);
    });
  });

  describe('the description', () => {
    it('covers every route under /api/v1, with parameters, answers, errors and the scheme', () => {
      const registered = routesOf(
        running.gateway.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }),
      )
        .filter(([, path]) => path.startsWith('/api/v1'))
        .map(([method, path]) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
      const described = Object.entries(document['paths'] as Json).flatMap(([path, item]) =>
        Object.keys(item as Json).map((method) => `${method.toUpperCase()} ${path}`),
      );
      expect(registered.length).toBeGreaterThan(10);
      expect(new Set(described)).toEqual(new Set(registered));
      for (const item of Object.values(document['paths'] as Json))
        for (const operation of Object.values(item as Json) as Json[]) {
          expect(operation['security']).toEqual([{ adminKey: [] }]);
          expect(Object.keys(operation['responses'])).toEqual(
            expect.arrayContaining(['400', '401', '500', '503']),
          );
        }
      const names = (document['paths']['/api/v1/events'].get.parameters as Json[]).map(
        (one) => one['name'],
      );
      expect(names.sort()).toEqual([
        'account',
        'clickId',
        'cursor',
        'from',
        'limit',
        'orderId',
        'test',
        'to',
        'type',
      ]);
    });

    it('is true: every answer fits its schema', async () => {
      const ajv = new Ajv2020({ strict: false, validateFormats: false });
      ajv.addSchema({ $id: 'api', components: document['components'] });
      const fits = (name: string, value: unknown) => {
        const check = ajv.getSchema(`api#/components/schemas/${name}`)!;
        expect([name, check(value), check.errors]).toEqual([name, true, null]);
      };
      const lists = { events: 'Event', deliveries: 'Delivery', receipts: 'Receipt' };
      for (const [path, name] of Object.entries(lists)) {
        const page = await get(`/${path}`);
        fits(`${name}Page`, page);
        for (const { id } of page['items']) fits(`${name}Detail`, await get(`/${path}/${id}`));
      }
      const wholes = {
        targets: 'TargetList',
        accounts: 'AccountList',
        routes: 'RouteList',
        plugins: 'PluginList',
        health: 'GatewayHealth',
      };
      for (const [path, name] of Object.entries(wholes)) fits(name, await get(`/${path}`));
      fits('Problem', (await ask('/events/none')).json);
      fits('Problem', (await ask('/events?limit=x')).json);
      fits('Problem', (await ask('/nothing')).json);
    });

    it('serves its pages without a script, a foreign host or a cache', async () => {
      for (const path of ['/', '/api/docs']) {
        const answer = await raw('GET', path);
        expect([path, answer.status]).toEqual([path, 200]);
        expect(answer.headers['content-security-policy']).toMatch(
          /^default-src 'none'; style-src 'sha256-/,
        );
        expect(answer.headers).toMatchObject({
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'cache-control': 'no-store',
        });
        expect(answer.text).not.toMatch(/<script|https?:\/\/(?!localhost)|style="|\son\w+=/);
      }
      expect((await raw('GET', '/api/docs')).text).toContain('id="WB_STORE_AWAY"');
      const data = await raw('GET', '/api/v1/health', withKey);
      expect(data.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
    });
  });

  it('answers 503 while MongoDB is away, in its own words, and health says so', async () => {
    const admin = running.ledger.mongo.db.admin();
    for (const [failure, code] of [
      [{ closeConnection: true }, 'WB_STORE_AWAY'],
      [{ errorCode: 50 }, 'WB_QUERY_SLOW'],
      [{ errorCode: 1 }, 'WB_INTERNAL'],
    ] as const) {
      await admin.command({
        configureFailPoint: 'failCommand',
        mode: 'alwaysOn',
        data: { failCommands: ['find', 'aggregate'], ...failure },
      });
      const [{ status, json, text }, health] = await Promise.all([
        ask('/receipts?account=shop'),
        ask('/health'),
      ]).finally(() => admin.command({ configureFailPoint: 'failCommand', mode: 'off' }));
      if (code !== 'WB_INTERNAL') {
        const { status: state, targets } = health.json;
        expect([health.status, state, targets]).toEqual([200, 'down', null]);
      }
      expect([status, json['code']]).toEqual([code === 'WB_INTERNAL' ? 500 : 503, code]);
      expect(text).not.toMatch(/mongo[a-z]*error|127\.0\.0\.1|failpoint|at .*\.js/i);
    }
  });

  it('never let a secret out', () => {
    expect(everything.length).toBeGreaterThan(500);
    const leaks = [CANARY, encodeURIComponent(CANARY), ADMIN_KEY, 'tok_4242', 'a@b.example'];
    for (const leak of leaks) expect(everything.filter((text) => text.includes(leak))).toEqual([]);
    expect(
      running.logged.filter((line) => line.includes(CANARY) || line.includes(ADMIN_KEY)),
    ).toEqual([]);
  });
});

/** Method and path of every line of Fastify's route tree. */
function routesOf(tree: string): [string, string][] {
  const parents: string[] = [];
  return tree.split('\n').flatMap((line): [string, string][] => {
    const found = /^([│├└─\s]*)(\S+)(?: \(([^)]+)\))?/.exec(line);
    if (!found?.[2]) return [];
    const depth = (found[1] ?? '').length / 4;
    const path = depth > 1 ? `${parents[depth - 1]}${found[2]}` : found[2];
    parents[depth] = path;
    const methods = (found[3] ?? '').split(', ').filter((name) => name !== '' && name !== 'HEAD');
    return methods.map((method) => [method, path]);
  });
}
