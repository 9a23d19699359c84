import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import net from 'node:net';
import { startTestStores, type TestStores } from '../embedded/testing.js';
import { createLog } from '../log/log.js';
import { RedisStore } from './redis-store.js';

const log = createLog('silent');

/** A line to Redis that breaks when the next answer comes, once told to. */
async function breakableLine(to: string) {
  const { port } = new URL(to);
  let breaks = false;
  const server = net.createServer((client) => {
    const redis = net.connect(Number(port), '127.0.0.1');
    for (const side of [client, redis]) side.on('error', () => side.destroy());
    client.on('data', (bytes) => redis.write(bytes));
    client.on('close', () => redis.destroy());
    redis.on('data', (bytes) => {
      if (!breaks) return void client.write(bytes);
      breaks = false;
      client.resetAndDestroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: to.replace(`:${port}`, `:${(server.address() as net.AddressInfo).port}`),
    breakAtAnswer: () => (breaks = true),
    close: () => server.close(),
  };
}

describe('the Redis store', () => {
  let stores: TestStores;
  const open: RedisStore[] = [];

  beforeAll(async () => {
    stores = await startTestStores({ onlyRedis: true });
  }, 60_000);

  afterEach(() => {
    for (const store of open.splice(0)) store.close();
  });

  afterAll(() => stores?.stop());

  function storeFor(url = stores.redisUrl): RedisStore {
    const store = new RedisStore(url, log);
    open.push(store);
    return store;
  }

  async function until(good: () => boolean): Promise<void> {
    const end = Date.now() + 40_000;
    while (!good()) {
      if (Date.now() > end) throw new Error('still not');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('shares one connection for commands and one to listen; every queue blocks on its own', async () => {
    const store = storeFor();
    expect(store.clientFor('client')).toBe(store.client);
    expect(store.clientFor('subscriber')).toBe(store.clientFor('subscriber'));
    expect(store.clientFor('bclient')).not.toBe(store.clientFor('bclient'));
    await until(() => store.ready);
    expect(await store.client.ping()).toBe('PONG');
  });

  it('warns about a policy that loses jobs, and only then', async () => {
    const store = storeFor();
    expect(await store.misconfiguration()).toBeUndefined();
    await until(() => store.ready);
    expect(await store.misconfiguration()).toBeUndefined();
    await store.client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await store.misconfiguration()).toBe(
      'Redis maxmemory-policy is allkeys-lru; set it to noeviction',
    );
    await store.client.config('SET', 'maxmemory-policy', 'noeviction');
  });

  it('fails at once while Redis is away, and comes back by itself', async () => {
    const store = storeFor();
    await until(() => store.ready);
    await stores.redis?.kill('SIGKILL');
    await until(() => !store.ready);
    // A command that waited for a connection would wait here for ever: nothing brings Redis back.
    await expect(store.client.set('a', '1')).rejects.toThrow(/writeable|closed/);
    expect(await store.misconfiguration()).toBeUndefined();
    await stores.redis?.restart();
    await until(() => store.ready);
    expect(await store.client.set('a', '1')).toBe('OK');
  });

  it('never says a command again whose answer was lost: it may have been done', async () => {
    const line = await breakableLine(stores.redisUrl);
    const store = storeFor(line.url);
    await until(() => store.ready);
    line.breakAtAnswer();
    await expect(store.client.incr('said')).rejects.toThrow(/retries/);
    await until(() => store.ready);
    expect(await store.client.get('said')).toBe('1');
    line.close();
  });

  it('does not throw, and is not ready, where nobody listens', async () => {
    const store = storeFor('redis://127.0.0.1:1');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(store.ready).toBe(false);
  });

  it('lets go of every connection when closed', async () => {
    const store = storeFor();
    const all = (['client', 'subscriber', 'bclient'] as const).map((type) => store.clientFor(type));
    await until(() => all.every((client) => client.status === 'ready'));
    store.close();
    await until(() => all.every((client) => client.status === 'end'));
    expect(store.ready).toBe(false);
  });
});
