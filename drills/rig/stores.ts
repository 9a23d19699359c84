import path from 'node:path';
import { Redis } from 'ioredis';
import { mongo } from 'mongoose';
import {
  startEmbeddedStores,
  type ChildControl,
  type EmbeddedStores,
} from '../../src/platform/embedded/index.js';
import { ReplicaSetOfThree } from './replica-set-of-three.js';

export interface StoreOptions {
  /** Default true. */
  readonly redisAppendOnly?: boolean;
  readonly mongoParameters?: Readonly<Record<string, string | number>>;
  /** Three mongods instead of the one. */
  readonly three?: boolean;
}

/** A mongod and a redis-server of this drill alone. What the environment names is never touched. */
export class DrillStores {
  private constructor(
    private readonly stores: EmbeddedStores,
    readonly client: mongo.MongoClient,
    private readonly three?: ReplicaSetOfThree,
  ) {}

  static async start(dir: string, options: StoreOptions = {}): Promise<DrillStores> {
    const { MONGODB_URI: _mongo, REDIS_URL: _redis, ...env } = process.env;
    const dataDir = path.join(dir, 'stores');
    const three =
      options.three === true
        ? await ReplicaSetOfThree.start(path.join(dataDir, 'three'), env)
        : undefined;
    const stores = await startEmbeddedStores({
      dataDir,
      env,
      onlyRedis: three !== undefined,
      mongoCacheGb: 0.5,
      mongoParameters: { enableTestCommands: 1, ...options.mongoParameters },
      redisAppendOnly: options.redisAppendOnly ?? true,
    });
    const client = await new mongo.MongoClient(three?.uri ?? stores.mongodbUri, {
      serverSelectionTimeoutMS: 60_000,
    }).connect();
    return new DrillStores(stores, client, three);
  }

  get mongodbUri(): string {
    return this.three?.uri ?? this.stores.mongodbUri;
  }

  get redisUrl(): string {
    return this.stores.redisUrl;
  }

  get db(): mongo.Db {
    return this.client.db();
  }

  /** mongod, to kill and restart. */
  get mongod(): ChildControl {
    return controlOf(this.stores.mongo, 'mongod');
  }

  /** The three mongods, where there are three. */
  get replicaSet(): ReplicaSetOfThree {
    if (!this.three) throw new Error('this drill has one mongod only');
    return this.three;
  }

  /** redis-server, to kill and restart. */
  get redis(): ChildControl {
    return controlOf(this.stores.redis, 'redis-server');
  }

  /** Runs one command on a connection of its own. */
  async withRedis<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.stores.redisUrl, { maxRetriesPerRequest: 3 });
    redis.on('error', () => undefined);
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  async stop(): Promise<void> {
    await this.client.close().catch(() => undefined);
    // A clean shutdown takes mongod a second, and the data is thrown away anyway.
    await this.three?.stop();
    await Promise.all([this.stores.mongo?.kill('SIGKILL'), this.stores.redis?.kill('SIGKILL')]);
    await this.stores.stop();
  }
}

function controlOf(control: ChildControl | undefined, name: string): ChildControl {
  if (control === undefined) throw new Error(`${name} was not started by this drill`);
  return control;
}
