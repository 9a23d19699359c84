import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';

const yaml = (url: string) => `
accounts: [{ id: shop, source: toy, credentials: { secret: toy-secret } }]
targets: [{ id: one, target: hook, settings: { url: "${url}/one" } }]
routes: [{ from: shop, to: one }]
`;

describe('a store that goes away', () => {
  let stores: TestStores;
  let partner: Partner;

  beforeAll(async () => {
    stores = await startTestStores();
    partner = await startPartner();
  }, 60_000);

  afterAll(async () => {
    await partner?.close();
    await stores?.stop();
  });

  const start = () =>
    run(
      { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl },
      yaml(partner.url),
    );

  const burst = async (running: Running, prefix: string, count: number): Promise<string[]> => {
    const orders = Array.from({ length: count }, (_unused, i) => `${prefix}${i}`);
    const answers = await Promise.all(
      orders.map((order) => running.sale({ type: 'SALE', order, amount: '100' })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(orders.map(() => 200));
    return orders;
  };

  /** Every order at the partner; repeats only under the id they had before. */
  const delivered = async (orders: readonly string[], repeats = 0): Promise<void> => {
    const of = () => partner.bodies().filter((body) => orders.includes(String(body['order'])));
    const seen = await until(
      of,
      (found) => new Set(found.map((body) => body['order'])).size === orders.length,
      60_000,
    );
    expect(new Set(seen.map((body) => body['id'])).size).toBe(orders.length);
    expect(seen.length - orders.length).toBeLessThanOrEqual(repeats);
  };

  it('Redis down before the start: starts, is ready, accepts and delivers', async () => {
    await stores.redis?.kill('SIGKILL');
    const running = await start();
    try {
      await running.gateway.prepared;
      const ready = await fetch(`${running.gateway.url}/readyz`);
      expect([ready.status, ready.headers.get('x-waybill-warning')]).toEqual([200, 'degraded']);
      const orders = await burst(running, 'before', 50);
      await delivered(orders);
    } finally {
      await stores.redis?.restart();
      await running.stop();
    }
  }, 90_000);

  it('Redis killed in the middle of a burst: nothing is lost, every acknowledgement still comes', async () => {
    const running = await start();
    try {
      await running.gateway.prepared;
      const first = await burst(running, 'during-a', 100);
      const killing = stores.redis?.kill('SIGKILL');
      const second = await burst(running, 'during-b', 100);
      await killing;
      const third = await burst(running, 'during-c', 100);
      await stores.redis?.restart();
      const fourth = await burst(running, 'during-d', 50);
      await delivered([...first, ...second, ...third, ...fourth], 64);
    } finally {
      await running.stop();
    }
  }, 120_000);

  it('Redis killed after a burst, with deliveries still on their way: all arrive, repeats under the same id', async () => {
    partner.behave(async () => {
      await new Promise((resolve) => setTimeout(resolve, 250));
      return { status: 200 };
    });
    const running = await start();
    try {
      await running.gateway.prepared;
      const orders = await burst(running, 'after', 200);
      await stores.redis?.kill('SIGKILL');
      await delivered(orders, 32);
    } finally {
      partner.behave(() => ({ status: 200 }));
      await stores.redis?.restart();
      await running.stop();
    }
  }, 120_000);

  it('MongoDB killed: 503 with Retry-After and never a 2xx; back again without a restart', async () => {
    const running = await start();
    try {
      await running.gateway.prepared;
      await burst(running, 'mongo-a', 20);
      await stores.mongo?.kill('SIGKILL');
      const away = await running.sale({ type: 'SALE', order: 'mongo-away', amount: '1' });
      expect(away.status).toBe(503);
      expect((await fetch(`${running.gateway.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${running.gateway.url}/livez`)).status).toBe(200);
      await stores.mongo?.restart();
      await until(
        () => running.sale({ type: 'SALE', order: 'mongo-b', amount: '1' }),
        (answer) => answer.status === 200,
        30_000,
      );
      await delivered(['mongo-b']);
    } finally {
      await running.stop();
    }
  }, 120_000);

  it('MongoDB down before the start: listens, answers 503, is ready once it is there', async () => {
    await stores.mongo?.kill('SIGKILL');
    const running = await start();
    try {
      expect((await running.sale({ type: 'SALE', order: 'late', amount: '1' })).status).toBe(503);
      expect((await fetch(`${running.gateway.url}/startupz`)).status).toBe(200);
      await stores.mongo?.restart();
      await running.gateway.prepared;
      expect((await fetch(`${running.gateway.url}/readyz`)).status).toBe(200);
      expect((await running.sale({ type: 'SALE', order: 'late', amount: '1' })).status).toBe(200);
      await delivered(['late']);
    } finally {
      await running.stop();
    }
  }, 120_000);
});
