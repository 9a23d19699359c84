import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Tapfiliate } from '../../src/cli/demo/partners/tapfiliate.js';
import type { SealModule, SourcePlugin, TargetPlugin } from '../../src/contract/index.js';
import { startTestStores } from '../../src/platform/embedded/testing.js';
import { ask, type Asked, type Json } from './config-kit.js';
import { freshDatabase, run, until, type Running } from './harness.js';

const PLUGINS = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../plugins');
const API_KEY = 'tapfiliate-key-4711-0815';
const CLICK = 'clk_7hq2';

const load = async <T>(file: string): Promise<T> =>
  (await import(pathToFileURL(path.join(PLUGINS, file)).href)) as T;

/** A sale as ClickBank tells it. */
const sale = {
  transactionTime: '2026-11-20T09:55:00+00:00',
  receipt: 'WXYZ1234',
  transactionType: 'SALE',
  vendor: 'mystore',
  affiliate: 'topaffil',
  role: 'VENDOR',
  totalAccountAmount: 21.35,
  paymentMethod: 'VISA',
  totalOrderAmount: 49.95,
  currency: 'USD',
  trackingCodes: [CLICK],
  lineItems: [{ itemNo: '7', productTitle: 'Sample course', lineItemType: 'ORIGINAL' }],
  version: 6,
  attemptCount: 1,
};

/** What docs/api.md tells an operator to do, call by call, on a gateway that knows nothing yet. */
describe('"my ClickBank account feeds my Tapfiliate programme", by the API alone', () => {
  const partner = new Tapfiliate(API_KEY, new Set());
  const answers: string[] = [];
  let running: Running;
  let seal: SealModule;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    const stores = await startTestStores();
    await partner.open();
    const plugins = await Promise.all(
      ['clickbank', 'tapfiliate'].map(
        async (name) =>
          (await load<{ default: SourcePlugin | TargetPlugin }>(`${name}/index.ts`)).default,
      ),
    );
    seal = await load<SealModule>('clickbank/fixtures/seal.ts');
    const uris = { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl };
    running = await run(uris, '{}', { plugins });
    await running.gateway.prepared;
    stop = async () => {
      await running.stop();
      await partner.close();
      await stores.stop();
    };
  }, 90_000);

  afterAll(() => stop?.());

  const api = async (method: string, where: string, asked: Asked = {}) => {
    const answer = await ask(running, method, where, asked);
    answers.push(answer.text);
    return answer;
  };
  const credentials = (): Json => ({ ...seal.credentials });

  it('asks what ClickBank and Tapfiliate need', async () => {
    expect((await api('GET', '/config')).json['objects']).toEqual([]);
    const { json } = await api('GET', '/plugins');
    const of = (name: string) => (json['items'] as Json[]).find((one) => one['name'] === name)!;
    expect(of('clickbank')['source'].credentials.required).toEqual(['vendor', 'secretKey']);
    expect(JSON.stringify(of('tapfiliate'))).toContain('apiKey');
  });

  it('is told what is wrong before anything is stored', async () => {
    const wrong = await api('PUT', '/config/accounts/cb-main', {
      body: { source: 'clickbank', credentials: { vendor: 'my store!' } },
    });
    const places = wrong.json['faults'].map((one: Json) => one['field']);
    expect([wrong.status, new Set(places)]).toEqual([
      422,
      new Set(['accounts.cb-main.credentials.vendor', 'accounts.cb-main.credentials.secretKey']),
    ]);
    const early = await api('PUT', '/config/routes/main', { body: { from: 'cb-main', to: 'tap' } });
    expect(early.status).toBe(422);
  });

  it('makes the account, the target and the route, and reads back where ClickBank must call', async () => {
    const account = { source: 'clickbank', credentials: credentials() };
    const target = {
      target: 'tapfiliate',
      settings: { apiKey: API_KEY, baseUrl: `${partner.url}/1.6/` },
    };
    const made = [
      await api('PUT', '/config/accounts/cb-main', { body: account }),
      await api('PUT', '/config/targets/tap', { body: target }),
      await api('PUT', '/config/routes/main', { body: { from: 'cb-main', to: 'tap' } }),
    ];
    expect(made.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { json } = await api('GET', '/accounts');
    expect(json['items'][0]).toMatchObject({
      ...{ id: 'cb-main', inbound: { path: '/in/clickbank/cb-main' } },
      credentials: [{ id: 'current', value: { secretKey: '••••••' } }],
    });
  });

  it('a sale that ClickBank seals reaches Tapfiliate with its click and amount, and the API says why', async () => {
    const sealed = seal.seal(sale, seal.credentials, Date.now());
    const accepted = await running.post('/in/clickbank/cb-main', {
      body: sealed.body,
      headers: { ...sealed.headers },
    });
    expect(accepted.status).toBe(200);
    const found = await api('GET', '/search?q=WXYZ1234');
    expect(found.json['items'][0]).toMatchObject({ kind: 'order', id: 'WXYZ1234' });
    const event = (await api('GET', '/events?orderId=WXYZ1234')).json['items'][0] as Json;
    const explained = await until(
      async () => (await api('GET', `/events/${event['id']}/explain`)).json,
      ({ deliveries }) => (deliveries as Json[]).every((row) => row['settledAt'] !== null),
    );
    expect(explained['deliveries']).toMatchObject([{ target: 'tap', state: 'delivered' }]);
    expect(partner.books.conversions).toMatchObject([
      { externalId: 'WXYZ1234', eventId: event['id'], amount: { amount: 4995, currency: 'USD' } },
    ]);
    expect(partner.heard.filter((one) => one.includes(`"click_id":"${CLICK}"`))).toHaveLength(1);
    const says = Object.fromEntries(
      (explained['steps'] as Json[]).map((one) => [one['step'], one['facts']]),
    );
    expect(says).toMatchObject({
      arrived: { account: 'cb-main', repeats: [] },
      verified: { trust: 'encrypted', credential: 'current' },
      normalized: { type: 'SALE', nativeType: 'SALE', order: 'WXYZ1234' },
      attributed: { how: 'click', clickId: CLICK, affiliateId: 'topaffil' },
      planned: { today: ['tap'], added: [], removed: [] },
      delivered: { byState: { delivered: 1 } },
    });
    expect(explained['routes']).toMatchObject([{ route: 'main', target: 'tap', matched: true }]);
  });

  it('the same sale told again counts once, and a stranger is refused', async () => {
    const again = seal.seal({ ...sale, attemptCount: 2 }, seal.credentials, Date.now());
    const repeat = { body: again.body, headers: { ...again.headers } };
    expect((await running.post('/in/clickbank/cb-main', repeat)).status).toBe(200);
    const strange = seal.seal(sale, { vendor: 'mystore', secretKey: 'STRANGER' }, Date.now());
    const forged = { body: strange.body, headers: { ...strange.headers } };
    expect((await running.post('/in/clickbank/cb-main', forged)).status).toBe(400);
    const { json } = await api('GET', '/events?orderId=WXYZ1234');
    expect(json['items']).toHaveLength(1);
    expect(partner.books.conversions).toHaveLength(1);
  });

  it('no answer held a secret', () => {
    const secrets = [API_KEY, String(credentials()['secretKey'])];
    expect(answers.length).toBeGreaterThan(10);
    for (const secret of secrets)
      expect([...answers, ...running.logged].filter((text) => text.includes(secret))).toEqual([]);
  });
});
