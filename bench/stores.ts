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
      return new BenchStores(dir, stores, client, new Redis(stores.redisUrl));
    } catch (error) {
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  get pids(): readonly number[] {
    const { mongo: mongod, redis } = this.stores.pids;
    return [mongod, redis].filter((pid) => pid !== undefined);
  }

  async versions(): Promise<{ readonly mongod: string; readonly redis: string }> {
    const build = await this.client.db('admin').command({ buildInfo: 1 });
    const redis = /redis_version:(\S+)/.exec(await this.redis.info('server'))?.[1] ?? 'unknown';
    return { mongod: String(build['version']), redis };
  }

  /** A database that no run had before, and an empty Redis. */
  async forRun(): Promise<RunStores> {
    this.runs += 1;
    const uri = new URL(this.stores.mongodbUri);
    uri.pathname = `/bench_${this.runs}`;
    const db = this.client.db(`bench_${this.runs}`);
    await this.redis.flushall();
    return {
      mongodbUri: uri.href,
      redisUrl: this.stores.redisUrl,
      db,
      drop: async () => void (await db.dropDatabase()),
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
