import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type EmbeddedStores, startEmbeddedStores } from './start.js';
import { onMongo, onRedis } from './testing-clients.js';

const { MONGODB_URI: _mongo, REDIS_URL: _redis, ...env } = process.env;

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

async function occupy(uri: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  const port = Number(new URL(uri).port);
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  return server;
}

describe('stores of a data directory', () => {
  let dataDir: string;
  let stores: EmbeddedStores | undefined;
  const start = async (options: Partial<Parameters<typeof startEmbeddedStores>[0]> = {}) => {
    stores = await startEmbeddedStores({ dataDir, env, mongoCacheGb: 0.25, ...options });
    return stores;
  };
  beforeAll(async () => {
    // Relative, as an operator may well name it.
    dataDir = path.relative(process.cwd(), await mkdtemp(path.join(os.tmpdir(), 'waybill-data-')));
  });
  afterAll(async () => {
    await stores?.stop();
    await rm(dataDir, { recursive: true });
  });

  it('keeps addresses and data from start to start', async () => {
    const first = await start();
    await insert(first.mongodbUri, 1);
    await onRedis(first.redisUrl, (redis) => redis.set('key', 'value'));
    await first.stop();
    await first.stop();
    const second = await start();
    expect(second.mongodbUri).toBe(first.mongodbUri);
    expect(second.redisUrl).toBe(first.redisUrl);
    expect(await ids(second.mongodbUri)).toEqual([1]);
    expect(await onRedis(second.redisUrl, (redis) => redis.get('key'))).toBe('value');
  });

  it('refuses a second start while it is in use', async () => {
    const again = startEmbeddedStores({ dataDir, env });
    await expect(again).rejects.toMatchObject({
      code: 'WB_STORE_IN_USE',
      message: expect.stringContaining(`in use by process ${process.pid} `),
      fix: expect.stringContaining('WAYBILL_DATA'),
    });
    expect(await ids(stores?.mongodbUri ?? '')).toEqual([1]);
  });

  it('moves to other ports when somebody has taken the old ones', async () => {
    const old = { mongo: stores?.mongodbUri ?? '', redis: stores?.redisUrl ?? '' };
    await stores?.stop();
    const strangers = [await occupy(old.mongo), await occupy(old.redis)];
    const moved = await start();
    for (const server of strangers) server.close();
    expect(moved.mongodbUri).not.toBe(old.mongo);
    expect(moved.redisUrl).not.toBe(old.redis);
    await insert(moved.mongodbUri, 2);
    expect(await ids(moved.mongodbUri)).toEqual([1, 2]);
    expect(await onRedis(moved.redisUrl, (redis) => redis.get('key'))).toBe('value');
  });

  it('comes up with a lost password and an old compatibility version', async () => {
    await onMongo(stores?.mongodbUri ?? '', (db) =>
      db.client.db('admin').command({ setFeatureCompatibilityVersion: '5.0' }),
    ).catch((error: unknown) => {
      // Another major of mongod is installed here: then only the password is tried.
      if (!/featureCompatibilityVersion|confirm/i.test(String(error))) throw error;
    });
    await stores?.stop();
    await rm(path.join(dataDir, 'mongo', 'password'));
    const { mongodbUri } = await start({ onlyMongo: true });
    expect(await ids(mongodbUri)).toEqual([1, 2]);
    const [{ version }, compatibility] = await onMongo(mongodbUri, (db) =>
      Promise.all([
        db.admin().serverInfo() as Promise<{ version: string }>,
        db.client.db('admin').command({ getParameter: 1, featureCompatibilityVersion: 1 }),
      ]),
    );
    const expected = version.split('.', 2).join('.');
    expect(compatibility['featureCompatibilityVersion']).toEqual({ version: expected });
  });

  it.each([
    ['mongo', { onlyMongo: true }],
    ['redis', { onlyRedis: true }],
  ])('refuses a program older than the data: %s', async (store, only) => {
    await stores?.stop();
    const file = path.join(dataDir, store, 'state.json');
    const state = await readFile(file, 'utf8');
    await writeFile(file, JSON.stringify({ ...(JSON.parse(state) as object), version: '99.0.0' }));
    await expect(start(only)).rejects.toMatchObject({ code: 'WB_STORE_VERSION' });
    await writeFile(file, state);
  });

  it('says why a store gave up, in the words of its log', async () => {
    const refused = start({ onlyMongo: true, mongoParameters: { noSuchParameter: 1 } });
    await expect(refused).rejects.toMatchObject({
      code: 'WB_STORE_START',
      message: expect.stringContaining('noSuchParameter'),
    });
  });

  it('starts nothing that the environment names', async () => {
    const given = { MONGODB_URI: 'mongodb://db.example/x', REDIS_URL: 'redis://cache.example' };
    const nowhere = path.join(dataDir, 'untouched');
    const stores = await startEmbeddedStores({ dataDir: nowhere, env: given });
    expect(stores).toMatchObject({
      mongodbUri: given.MONGODB_URI,
      redisUrl: given.REDIS_URL,
      started: { mongo: false, redis: false },
      pids: {},
    });
    await expect(stat(nowhere)).rejects.toThrow('ENOENT');
    await stores.stop();
  });

  it('starts the one store that the environment does not name', async () => {
    const { mongodbUri, redisUrl, started } = await start({
      env: { ...env, MONGODB_URI: 'mongodb://db.example/x' },
    });
    expect([mongodbUri, started]).toEqual([
      'mongodb://db.example/x',
      { mongo: false, redis: true },
    ]);
    expect(await onRedis(redisUrl, (redis) => redis.get('key'))).toBe('value');
  });

  it('reports a data directory that cannot be made', async () => {
    const file = path.join(dataDir, 'a-file');
    await writeFile(file, '');
    const refused = startEmbeddedStores({ dataDir: path.join(file, 'data'), env });
    await expect(refused).rejects.toMatchObject({ code: 'WB_STORE_DATA' });
  });
});
