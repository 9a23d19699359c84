import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ConfigurationViews } from '../../src/admin/configuration/configuration-views.js';
import { DeliveryReads } from '../../src/admin/deliveries/delivery-reads.js';
import { EventReads } from '../../src/admin/events/event-reads.js';
import { GatewayHealth } from '../../src/admin/gateway/gateway-health.js';
import { ReceiptReads } from '../../src/admin/receipts/receipt-reads.js';
import { TargetViews } from '../../src/admin/targets/target-views.js';
import { Replays } from '../../src/deliver/replay.js';
import { TargetStates } from '../../src/settle/target-states.js';
import { AdminBench, CANARY, type Json } from './admin-kit.js';
import { ADMIN_KEY } from './harness.js';

describe('the admin API from outside', () => {
  let api: AdminBench;
  let document: Json;

  beforeAll(async () => {
    api = await AdminBench.start();
    document = JSON.parse((await api.raw('GET', '/api/openapi.json')).text) as Json;
  }, 60_000);

  afterAll(() => api?.stop());

  describe('the lock', () => {
    it('runs no handler without the key, however the request is spelt', async () => {
      const of = <T>(type: new (...args: never[]) => T): T =>
        api.running.gateway.app.get(type, { strict: false });
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
      const attempts = paths.flatMap((path) =>
        spellings(path).flatMap((spelling) =>
          ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT'].flatMap((method) =>
            (spelling === path ? tricks : [{}]).map((headers) => ({
              ...{ method, spelling, headers },
              statuses: spelling === path ? [401, 429] : [400, 401, 404],
            })),
          ),
        ),
      );
      for (const { method, spelling, headers, statuses } of attempts) {
        const { status } = await api.raw(method, spelling, headers);
        expect([method, spelling, statuses.includes(status)]).toEqual([method, spelling, true]);
      }
      expect([attempts.length > 500, runs()]).toEqual([true, 0]);
      await api.get('/health');
      expect(runs()).toBeGreaterThan(0);
      for (const spy of spies) spy.mockRestore();
    });

    it('answers 401 with the scheme, and slows down who keeps guessing, but never the right key', async () => {
      const none = await api.raw('GET', '/api/v1/events');
      expect([none.status, none.headers['www-authenticate'], none.headers['content-type']]).toEqual(
        [401, 'Bearer realm="waybill"', 'application/problem+json; charset=utf-8'],
      );
      expect(JSON.parse(none.text)).toMatchObject({ code: 'WB_ADMIN_KEY_MISSING', status: 401 });
      const statuses: number[] = [];
      for (let i = 0; i < 120; i += 1)
        statuses.push(
          (await api.raw('GET', '/api/v1/health', { authorization: `Bearer no-${i}` })).status,
        );
      expect([statuses.every((one) => one === 401 || one === 429), statuses.at(-1)]).toEqual([
        true,
        429,
      ]);
      expect((await api.ask('/health')).status).toBe(200);
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
        const { status, json } = await api.ask(`/events?${query}`);
        expect([query, status, json['code']]).toEqual([query, 400, 'WB_QUERY_INVALID']);
        expect(json['faults'][0].field).not.toBe('');
      }
      for (const text of ['{"$gt":""}', '$ne', '__proto__', 'x;drop', '\u0000', '../..'])
        expect((await api.get(`/events?account=${encodeURIComponent(text)}`))['items']).toEqual([]);
      for (const id of ['%7B%22$gt%22:%22%22%7D', '__proto__', 'constructor', '%00'])
        expect((await api.ask(`/events/${id}`)).status).toBe(404);
      const body = await api.raw(
        'POST',
        '/api/v1/targets/one/pause',
        { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
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
        api.running.gateway.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }),
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
      expect(new Set(names)).toEqual(
        new Set(['account', 'clickId', 'cursor', 'from', 'limit', 'orderId', 'test', 'to', 'type']),
      );
    });

    it('serves its pages without a script, a foreign host or a cache', async () => {
      for (const path of ['/', '/api/docs']) {
        const answer = await api.raw('GET', path);
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
      expect((await api.raw('GET', '/api/docs')).text).toContain('id="WB_STORE_AWAY"');
      const data = await api.ask('/health');
      expect(data.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
    });
  });

  it('answers 503 while MongoDB is away, in its own words, and health says so', async () => {
    const admin = api.running.ledger.mongo.db.admin();
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
      const { status, json, text } = await api.ask('/receipts?account=shop');
      const health = await api.ask('/health');
      await admin.command({ configureFailPoint: 'failCommand', mode: 'off' });
      if (code !== 'WB_INTERNAL') {
        const { status: state, targets } = health.json;
        expect([health.status, state, targets]).toEqual([200, 'down', null]);
      }
      expect([status, json['code']]).toEqual([code === 'WB_INTERNAL' ? 500 : 503, code]);
      expect(text).not.toMatch(/mongo[a-z]*error|127\.0\.0\.1|failpoint|at .*\.js/i);
    }
  });

  it('never let a secret out', () => {
    expect(api.answers.length).toBeGreaterThan(500);
    const leaks = [CANARY, encodeURIComponent(CANARY), ADMIN_KEY, 'tok_4242', 'a@b.example'];
    for (const leak of leaks) expect(api.answers.filter((text) => text.includes(leak))).toEqual([]);
    expect(
      api.running.logged.filter((line) => line.includes(CANARY) || line.includes(ADMIN_KEY)),
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
