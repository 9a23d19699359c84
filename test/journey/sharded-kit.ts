import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { mongo } from 'mongoose';
import { SHARD_KEY, SHARDED, SPLIT_POINTS } from '../../src/ledger/sharding.js';
import { findBinary } from '../../src/platform/embedded/find-binary.js';
import { freePort } from '../../src/platform/embedded/free-port.js';
import { until } from './harness.js';

const quiet = { serverSelectionTimeoutMS: 2000, directConnection: true } as const;

/** One piece of work on a connection of its own. */
async function on<T>(uri: string, work: (client: mongo.MongoClient) => Promise<T>): Promise<T> {
  const direct = uri.includes('/waybill') ? {} : quiet;
  const client = new mongo.MongoClient(uri, direct);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** A config server, two shards (replica sets of one each) and a mongos, all real and all on loopback. */
export class ShardedCluster {
  private readonly children: ChildProcess[] = [];
  private readonly dir = mkdtempSync(path.join(os.tmpdir(), 'waybill-sharded-'));
  private port = 0;

  static async start(mongos: string): Promise<ShardedCluster> {
    const cluster = new ShardedCluster();
    try {
      await cluster.open(mongos);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** For a gateway: the router, never a shard. */
  get mongodbUri(): string {
    return `mongodb://127.0.0.1:${this.port}/waybill`;
  }

  private async open(mongos: string): Promise<void> {
    const { path: mongod } = await findBinary('mongod', { env: process.env, log: () => undefined });
    const [config, ...shards] = await Promise.all([
      this.replicaSet(mongod, 'config', '--configsvr'),
      this.replicaSet(mongod, 'shard0', '--shardsvr'),
      this.replicaSet(mongod, 'shard1', '--shardsvr'),
    ]);
    this.port = await freePort();
    this.run(mongos, ['--configdb', `config/${config}`, '--port', String(this.port)]);
    await this.router(async (client) => {
      for (const [i, shard] of shards.entries())
        await client.db('admin').command({ addShard: `shard${i}/${shard}` });
    });
  }

  /** Asks the router, as soon as it answers. */
  private async router<T>(work: (client: mongo.MongoClient) => Promise<T>): Promise<T> {
    const ping = () => on(this.mongodbUri, (client) => client.db('admin').command({ ping: 1 }));
    await until(
      () =>
        ping().then(
          () => true,
          () => false,
        ),
      (up) => up,
      60_000,
    );
    return on(this.mongodbUri, work);
  }

  /** A mongod that is a set of its own; resolves with its address once it is primary. */
  private async replicaSet(mongod: string, name: string, role: string): Promise<string> {
    const port = await freePort();
    const dbpath = path.join(this.dir, name);
    mkdirSync(dbpath);
    const own = ['--replSet', name, '--dbpath', dbpath, '--port', String(port), role];
    this.run(mongod, [...own, '--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '64']);
    const host = `127.0.0.1:${port}`;
    const configsvr = role === '--configsvr' ? { configsvr: true } : {};
    const set = { _id: name, ...configsvr, members: [{ _id: 0, host }] };
    const initiated = (client: mongo.MongoClient) =>
      client
        .db('admin')
        .command({ replSetInitiate: set })
        .catch((error: mongo.MongoServerError) => {
          if (error.codeName !== 'AlreadyInitialized') throw error;
        })
        .then(() => client.db('admin').command({ hello: 1 }));
    await until(
      () =>
        on(`mongodb://${host}/`, initiated).then(
          (hello) => hello['isWritablePrimary'] === true,
          () => false,
        ),
      (primary) => primary,
      60_000,
    );
    return host;
  }

  private run(program: string, args: readonly string[]): void {
    const usual = ['--bind_ip', '127.0.0.1', '--nounixsocket'];
    this.children.push(spawn(program, [...args, ...usual], { stdio: 'ignore' }));
  }

  /** What `deploy/mongodb/shard.js` does in mongosh, on empty collections: every other piece goes to the second shard. */
  async shard(): Promise<void> {
    await this.router(async (client) => {
      const admin = client.db('admin');
      await admin.command({ enableSharding: 'waybill', primaryShard: 'shard0' });
      for (const name of SHARDED) {
        const collection = `waybill.${name}`;
        await admin.command({ shardCollection: collection, key: SHARD_KEY });
        for (const _id of SPLIT_POINTS) await admin.command({ split: collection, middle: { _id } });
        for (const [i, _id] of SPLIT_POINTS.entries())
          if (i % 2 === 0)
            await admin.command({ moveChunk: collection, find: { _id }, to: 'shard1' });
      }
    });
  }

  /** Rows of a collection on each shard, asked past the router. */
  async rowsByShard(collection: string): Promise<readonly number[]> {
    return this.router(async (client) => {
      const counts = client
        .db()
        .collection(collection)
        .aggregate<{ shard: string; count: number }>([{ $collStats: { count: {} } }]);
      const found = await counts.toArray();
      return found.toSorted((a, b) => (a.shard < b.shard ? -1 : 1)).map(({ count }) => count);
    });
  }

  async stop(): Promise<void> {
    for (const child of this.children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}
