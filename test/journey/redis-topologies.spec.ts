import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { onRedis } from '../../src/platform/embedded/testing-clients.js';
import { RedisStore } from '../../src/platform/redis/redis-store.js';
import { SharedValues } from '../../src/platform/redis/shared-values.js';
import { freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';
import { RedisTopology } from './redis-kit.js';

const yaml = (url: string) => `
accounts:
  - { id: shop, source: toy, credentials: { secret: toy-secret } }
targets:
  - { id: one, target: hook, settings: { url: "${url}/one" }, ratePerSecond: 200 }
routes:
  - { from: shop, to: one }
`;

describe('Redis in other forms than one server', () => {
  let stores: TestStores;
  let partner: Partner;
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
    partner = await startPartner((_request, nth) => ({ status: 200, body: `remote-${nth}` }));
  }, 60_000);

  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  afterAll(async () => {
    await partner?.close();
    await stores?.stop();
  });

  /** One process that takes requests and one that delivers: every delivery must go through Bull. */
  async function gateways(redisUrl: string): Promise<{ api: Running; worker: Running }> {
    const place = { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl };
    const start = async (role: string) => {
      const running = await run(place, yaml(partner.url), { env: { WAYBILL_ROLE: role } });
      ends.push(() => running.stop());
      await running.gateway.prepared;
      await until(
        () => running.gateway.app.get(RedisStore).ready,
        (ready) => ready,
      );
      return running;
    };
    return { worker: await start('worker'), api: await start('api') };
  }

  let orders = 0;
  async function deliver({ api }: { api: Running }, count: number, ms = 20_000): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      orders += 1;
      const { status } = await api.sale({ type: 'SALE', order: `T${orders}`, amount: '100' });
      expect(status).toBe(200);
    }
    await until(
      () => api.ledger.deliveries.find().toArray(),
      (rows) => rows.every(({ state }) => state === 'delivered'),
      ms,
    );
  }

  it('a cluster carries the jobs, each queue in a slot of its own, and what replicas share', async () => {
    const { url, node, stop } = await RedisTopology.cluster();
    ends.push(stop);
    const both = await gateways(url);
    await deliver(both, 20);
    const keys = await onRedis(node.url, (redis) => redis.keys('*'));
    const own = keys.filter((key) => /^\{waybill-deliver-\d\}:deliver-\d:id$/.test(key));
    expect(own).toHaveLength(1);
    expect(await onRedis(node.url, (redis) => redis.get(own[0] ?? ''))).toMatch(/^\d+$/);
    expect(keys).toContain('waybill-rate:one');
    const redis = both.worker.gateway.app.get(RedisStore);
    const values = new SharedValues(redis);
    expect(await values.swap('a', '', '1', 5000)).toEqual({ done: true, value: '1' });
    expect(await values.read('a')).toBe('1');
    expect(await redis.misconfiguration()).toBeUndefined();
    await onRedis(node.url, (one) => one.config('SET', 'maxmemory-policy', 'allkeys-lru'));
    expect(await redis.misconfiguration()).toContain('allkeys-lru');
  }, 60_000);

  it('Sentinels lead to the master, and to the next one when it is gone', async () => {
    const { url, master, replica, stop } = await RedisTopology.watched();
    ends.push(stop);
    const both = await gateways(url);
    await deliver(both, 10);
    expect(await onRedis(master.url, (redis) => redis.keys('waybill:deliver-*:id'))).toHaveLength(
      1,
    );
    const jobs = () =>
      onRedis(replica.url, async (redis) => {
        const [key = 'none'] = await redis.keys('waybill:deliver-*:id');
        return Number(await redis.get(key));
      });
    await master.kill();
    await until(
      // The Sentinel ends every connection of a server that it promotes.
      () => onRedis(replica.url, (redis) => redis.info('replication')).catch(() => ''),
      (info) => info.includes('role:master'),
      20_000,
    );
    const redis = both.api.gateway.app.get(RedisStore);
    await until(
      () => redis.client.set('probe', '1').catch(() => 'no'),
      (said) => said === 'OK',
      20_000,
    );
    const before = await jobs();
    await deliver(both, 10, 45_000);
    expect(await jobs()).toBeGreaterThan(before);
  }, 90_000);
});
