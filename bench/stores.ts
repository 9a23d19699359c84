import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { mongo } from 'mongoose';
import { startEmbeddedStores, type EmbeddedStores } from '../src/platform/embedded/index.js';

/** Addresses of one run's own database, and what to do with it. */
export interface RunStores {
  readonly mongodbUri: string;
  readonly redisUrl: string;
  readonly db: mongo.Db;
  /** Drops the run's data. */
  drop(): Promise<void>;
}

/** Real stores with a throw-away directory; what is in the environment is never touched. */
export class BenchStores {
  private runs = 0;

  private constructor(
    readonly dir: string,
    private readonly stores: EmbeddedStores,
    private readonly client: mongo.MongoClient,
    private readonly redis: Redis,
  ) {}

  static async start(): Promise<BenchStores> {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'waybill-bench-'));
    const { MONGODB_URI: _mongo, REDIS_URL: _redis, ...env } = process.env;
    try {
      const stores = await startEmbeddedStores({ dataDir: path.join(dir, 'stores'), env });
      const client = await new mongo.MongoClient(stores.mongodbUri).connect();
      const redis = new Redis(stores.redisUrl);
      // A run may kill redis-server; ioredis connects again by itself.
      redis.on('error', () => undefined);
      return new BenchStores(dir, stores, client, redis);
    } catch (error) {
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  get pids(): readonly number[] {
    const { mongo: mongod, redis } = this.stores.pids;
    return [mongod, redis].filter((pid) => pid !== undefined);
  }

  get mongodPid(): number | undefined {
    return this.stores.pids.mongo;
  }

  async killRedis(): Promise<void> {
    await this.stores.redis?.kill('SIGKILL');
  }

  /** Starts redis-server again on its port, with what its append-only file holds. */
  async restartRedis(): Promise<void> {
    await this.stores.redis?.restart();
  }

  /** Writes everything that is in memory to disk, so that no run pays for the one before. */
  async checkpoint(): Promise<void> {
    await this.client.db('admin').command({ fsync: 1 });
  }

  /** What redis-server has in memory now, bytes. */
  async redisBytes(): Promise<number> {
    const info = await this.redis.info('memory');
    return Number(/used_memory:(\d+)/.exec(info)?.[1] ?? Number.NaN);
  }

  async versions(): Promise<{ readonly mongod: string; readonly redis: string }> {
    const build = await this.client.db('admin').command({ buildInfo: 1 });
    const redis = /redis_version:(\S+)/.exec(await this.redis.info('server'))?.[1] ?? 'unknown';
    return { mongod: String(build['version']), redis };
  }

  /** An empty Redis, and a database that no run had before; with a name, the one that earlier runs left under it. */
  async forRun(kept?: string): Promise<RunStores> {
    this.runs += 1;
    const name = kept === undefined ? `bench_${this.runs}` : `bench_kept_${kept}`;
    const uri = new URL(this.stores.mongodbUri);
    uri.pathname = `/${name}`;
    const db = this.client.db(name);
    await this.redis.flushall();
    return {
      mongodbUri: uri.href,
      redisUrl: this.stores.redisUrl,
      db,
      drop: async () => {
        if (kept === undefined) await db.dropDatabase();
      },
    };
  }

  async stop(): Promise<void> {
    this.redis.disconnect();
    await this.client.close().catch(() => undefined);
    // A clean shutdown takes mongod a second, and the data is thrown away anyway.
    await Promise.all([this.stores.mongo?.kill('SIGKILL'), this.stores.redis?.kill('SIGKILL')]);
    await this.stores.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}
