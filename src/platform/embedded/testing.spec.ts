import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { onMongo, onRedis } from './testing-clients.js';
import { startTestStores, type TestStores } from './testing.js';

const insert = (uri: string, _id: number) =>
  onMongo(uri, (db) =>
    db
      .collection<{ _id: number }>('kept')
      .insertOne({ _id }, { writeConcern: { w: 'majority', journal: true } }),
  );
const ids = (uri: string) =>
  onMongo(uri, async (db) =>
    (await db.collection<{ _id: number }>('kept').find().sort({ _id: 1 }).toArray()).map(
      (row) => row._id,
    ),
  );

async function files(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  // The journal is 300 MB of preallocated zeros, and holds hashes of credentials at most.
  const plain = entries.filter((e) => e.isFile() && !e.parentPath.endsWith('journal'));
  return plain.map((e) => path.join(e.parentPath, e.name));
}

describe('stores of a test', () => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await startTestStores();
  });
  afterAll(() => stores.stop());

  it('runs a primary that keeps majority writes and transactions', async () => {
    await onMongo(stores.mongodbUri, async (db) => {
      const session = db.client.startSession();
      await session.withTransaction(async () => {
        await db.collection('a').insertOne({ x: 1 }, { session });
      });
      await session.endSession();
      expect(await db.collection('a').countDocuments()).toBe(1);
    });
  });

  it('runs Redis as the gateway needs it', async () => {
    await onRedis(stores.redisUrl, async (redis) => {
      const read = async (name: string) => (await redis.config('GET', name)) as unknown;
      expect(await read('appendonly')).toEqual(['appendonly', 'yes']);
      expect(await read('appendfsync')).toEqual(['appendfsync', 'everysec']);
      expect(await read('maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
      expect(await read('bind')).toEqual(['bind', '127.0.0.1']);
    });
  });

  it('lets nobody in without the password', async () => {
    const { host } = new URL(stores.mongodbUri);
    const stranger = `mongodb://${host}/waybill?directConnection=true`;
    await expect(insert(stranger, 1)).rejects.toThrow(/requires authentication/);
    const redis = onRedis(`redis://${new URL(stores.redisUrl).host}`, (r) => r.set('a', 1));
    await expect(redis).rejects.toThrow(/NOAUTH/);
  });

  it('shows no secret on a command line and no readable file to others', async () => {
    const secrets = [stores.mongodbUri, stores.redisUrl].map((uri) => new URL(uri).password);
    const all = await files(stores.dataDir);
    const holding = [];
    for (const file of all) {
      const text = await readFile(file, 'latin1');
      if (!secrets.some((secret) => text.includes(secret)) && !file.endsWith('keyfile')) continue;
      holding.push(path.relative(stores.dataDir, file));
      expect([file, ((await stat(file)).mode & 0o077).toString(8)]).toEqual([file, '0']);
    }
    expect(holding.sort()).toEqual([
      'mongo/keyfile',
      'mongo/password',
      'redis/password',
      'redis/redis.conf',
    ]);
    for (const store of ['mongo', 'redis']) {
      expect((await stat(path.join(stores.dataDir, store))).mode & 0o777).toBe(0o700);
    }
    if (process.platform !== 'linux') return;
    for (const pid of Object.values(stores.pids)) {
      const words = await readFile(`/proc/${pid}/cmdline`, 'latin1');
      expect(words).toMatch(/mongod|redis-server/);
      expect(secrets.filter((secret) => words.includes(secret))).toEqual([]);
    }
  });

  it('survives kill -9 of each store and keeps what was acknowledged', async () => {
    const before = { ...stores.pids };
    await insert(stores.mongodbUri, 7);
    await stores.mongo?.kill('SIGKILL');
    expect(stores.pids).toEqual({ redis: before.redis });
    await expect(ids(stores.mongodbUri)).rejects.toThrow('ECONNREFUSED');
    await stores.mongo?.restart();
    expect(await ids(stores.mongodbUri)).toEqual([7]);

    await onRedis(stores.redisUrl, (redis) => redis.set('key', 'kept'));
    await stores.redis?.kill('SIGTERM');
    await expect(onRedis(stores.redisUrl, (redis) => redis.get('key'))).rejects.toThrow(
      'Connection is closed',
    );
    await stores.redis?.restart();
    expect(await onRedis(stores.redisUrl, (redis) => redis.get('key'))).toBe('kept');
    expect(stores.pids).not.toEqual(before);
  });

  it('stops a frozen store, too, and starts it again', async () => {
    await stores.redis?.kill('SIGSTOP');
    expect(stores.redis?.running).toBe(true);
    const began = Date.now();
    await stores.redis?.restart();
    // Well before the limit after which a store is ended by force.
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(await onRedis(stores.redisUrl, (redis) => redis.ping())).toBe('PONG');
  });

  it('deletes everything on stop', async () => {
    const throwaway = await startTestStores({ onlyRedis: true });
    expect(throwaway).toMatchObject({ mongodbUri: '', started: { mongo: false, redis: true } });
    const pid = throwaway.pids.redis ?? 0;
    expect(() => process.kill(pid, 0)).not.toThrow();
    await throwaway.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await expect(stat(throwaway.dataDir)).rejects.toThrow('ENOENT');
  });
});
