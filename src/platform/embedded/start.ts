import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { BinaryName, Route } from './binary.js';
import { guardExit } from './exit-guard.js';
import { findBinary } from './find-binary.js';
import { mongodKind, mongodUri } from './mongod.js';
import { claimDirectory, type Release } from './owner-lock.js';
import { redisKind, redisUri } from './redis-server.js';
import { reasonOf, StoreError } from './store-error.js';
import { type ChildControl, type StoreKind, StoreProcess } from './store-process.js';

/** What to start and where. */
export interface EmbeddedOptions {
  /** Keeps data, logs, keys and the lock; made (0700) if missing. */
  readonly dataDir: string;
  /** `MONGODB_URI` or `REDIS_URL` in it: that store is not started. Also handed to the children. */
  readonly env: NodeJS.ProcessEnv;
  readonly log?: (line: string) => void;
  readonly onlyMongo?: boolean;
  readonly onlyRedis?: boolean;
  /** WiredTiger's cache; 0.25 is the least mongod takes. Default 0.5. */
  readonly mongoCacheGb?: number;
  readonly mongoParameters?: Readonly<Record<string, string | number>>;
  /** Default true. */
  readonly redisAppendOnly?: boolean;
  /** Ways to find the programs; for tests. */
  readonly routes?: readonly Route[];
}

/** The stores, started or given. A store that was not asked for has an empty address. */
export interface EmbeddedStores {
  readonly mongodbUri: string;
  readonly redisUrl: string;
  readonly started: { readonly mongo: boolean; readonly redis: boolean };
  readonly pids: { readonly mongo?: number; readonly redis?: number };
  readonly mongo?: ChildControl;
  readonly redis?: ChildControl;
  /** Stops what was started and frees the directory; may be called twice. */
  stop(): Promise<void>;
}

/** Starts a real mongod and a real redis-server as children, as far as the environment names none. */
export async function startEmbeddedStores(given: EmbeddedOptions): Promise<EmbeddedStores> {
  // The children run in their own directories, where a relative path would mean another place.
  const options = { ...given, dataDir: path.resolve(given.dataDir) };
  const wanted = {
    mongo: !options.env['MONGODB_URI'] && options.onlyRedis !== true,
    redis: !options.env['REDIS_URL'] && options.onlyMongo !== true,
  };
  if (!wanted.mongo && !wanted.redis) return handle(options, {}, () => Promise.resolve());
  const release = await takeDirectory(options.dataDir);
  const running = new Set<StoreProcess>();
  const stop = stopper(running, release);
  try {
    const [mongo, redis] = await all([
      wanted.mongo ? startMongo(options, running) : Promise.resolve(undefined),
      wanted.redis ? startRedis(options, running) : Promise.resolve(undefined),
    ]);
    return await handle(options, { ...(mongo && { mongo }), ...(redis && { redis }) }, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Everything that must end with this process, and how; the guard is off once all have ended. */
function stopper(running: Set<StoreProcess>, release: () => Promise<void>): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const unguard = guardExit({
    pids: () => [...running].flatMap(({ pid }) => pid ?? []),
    stop: () => stop(),
  });
  const stop = () =>
    (stopped ??= Promise.all([...running].map((store) => store.stop()))
      .then(release)
      .finally(unguard));
  return stop;
}

async function startMongo(
  options: EmbeddedOptions,
  running: Set<StoreProcess>,
): Promise<StoreProcess> {
  return startStore('mongod', options, running, (version) =>
    mongodKind({
      dir: path.join(options.dataDir, 'mongo'),
      version,
      cacheGb: options.mongoCacheGb ?? 0.5,
      parameters: options.mongoParameters ?? {},
    }),
  );
}

async function startRedis(
  options: EmbeddedOptions,
  running: Set<StoreProcess>,
): Promise<StoreProcess> {
  const dir = path.join(options.dataDir, 'redis');
  return startStore('redis-server', options, running, () =>
    redisKind({ dir, appendOnly: options.redisAppendOnly ?? true }),
  );
}

async function startStore(
  name: BinaryName,
  options: EmbeddedOptions,
  running: Set<StoreProcess>,
  kindOf: (version: string) => StoreKind,
): Promise<StoreProcess> {
  const { env, log = () => undefined, routes } = options;
  const binary = await findBinary(name, { env, log, ...(routes && { routes }) });
  const dir = path.join(options.dataDir, name === 'mongod' ? 'mongo' : 'redis');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const store = new StoreProcess(kindOf(binary.version), dir, binary, env, log);
  running.add(store);
  await store.start();
  return store;
}

async function handle(
  { dataDir, env }: EmbeddedOptions,
  children: { mongo?: StoreProcess; redis?: StoreProcess },
  stop: () => Promise<void>,
): Promise<EmbeddedStores> {
  const { mongo, redis } = children;
  return {
    mongodbUri: mongo
      ? await mongodUri(path.join(dataDir, 'mongo'), mongo.port)
      : (env['MONGODB_URI'] ?? ''),
    redisUrl: redis
      ? await redisUri(path.join(dataDir, 'redis'), redis.port)
      : (env['REDIS_URL'] ?? ''),
    started: { mongo: mongo !== undefined, redis: redis !== undefined },
    // A getter: restart() gives a child a new number.
    get pids() {
      return {
        ...(mongo?.pid !== undefined && { mongo: mongo.pid }),
        ...(redis?.pid !== undefined && { redis: redis.pid }),
      };
    },
    ...children,
    stop,
  };
}

/** Like Promise.all, but nothing is left running in the background when it throws. */
async function all<A, B>(promises: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  const failures = (await Promise.allSettled(promises)).flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (failures.length > 0) throw failures.length > 1 ? joined(failures) : failures[0];
  return Promise.all(promises);
}

/** Whoever lacks both programs shall read it in one go. */
function joined(failures: readonly unknown[]): unknown {
  const faults = failures.filter((failure) => failure instanceof StoreError);
  const [first] = faults;
  if (first === undefined) return failures[0];
  return new StoreError(
    first.code,
    faults.map(({ message }) => message).join('\n\n'),
    faults.map(({ fix }) => fix).join(' '),
    { cause: new AggregateError(failures) },
  );
}

async function takeDirectory(dataDir: string): Promise<Release> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return await claimDirectory(dataDir);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      'WB_STORE_DATA',
      `The data directory ${dataDir} cannot be used: ${reasonOf(error)}`,
      'Name a directory that this user may write to with WAYBILL_DATA.',
      { cause: error },
    );
  }
}
