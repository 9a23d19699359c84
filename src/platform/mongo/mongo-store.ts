import { mongo, type Connection } from 'mongoose';
import type { Log } from '../log/log.js';
import { StoreClock } from '../clock/clock.js';
import { within } from '../clock/within.js';

export type Db = mongo.Db;
export type Collection<T extends mongo.Document> = mongo.Collection<T>;

/** mongoose's `readyState` while the first connection is on its way. */
const CONNECTING = 2;

/** MongoDB cannot be reached or cannot acknowledge: nothing was promised to anybody. Answered 503 at the door. */
export class StoreAwayError extends Error {
  readonly code = 'WB_STORE_AWAY';

  constructor(cause?: unknown) {
    super('MongoDB cannot acknowledge writes right now', { cause });
  }
}

/** Client options that the guarantee rests on: a majority has the write in its journal before we hear of it. */
export const MONGO_OPTIONS = {
  writeConcern: { w: 'majority', journal: true, wtimeoutMS: 5000 },
  serverSelectionTimeoutMS: 2000,
  connectTimeoutMS: 2000,
  socketTimeoutMS: 15_000,
  heartbeatFrequencyMS: 2000,
  minHeartbeatFrequencyMS: 250,
  maxPoolSize: 20,
  ignoreUndefined: true,
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
} as const;

/**
 * The connection to the truth. Opens in the background and keeps trying: the process starts, answers `/livez` and
 * refuses notifications with 503 while MongoDB is away.
 */
export class MongoStore {
  private opening: Promise<void> | undefined;
  private closed = false;
  private clockTimer: NodeJS.Timeout | undefined;

  constructor(
    readonly connection: Connection,
    private readonly uri: string,
    private readonly log: Log,
    readonly clock: StoreClock = new StoreClock(),
  ) {}

  /** Resolves once connected; never rejects. Safe to call often. */
  open(): Promise<void> {
    this.opening ??= this.keepOpening();
    return this.opening;
  }

  private async keepOpening(): Promise<void> {
    while (!this.closed) {
      try {
        await this.connect();
        await this.sampleClock();
        this.clockTimer = setInterval(() => void this.sampleClock(), 10_000).unref();
        return;
      } catch (error) {
        this.log.warn({ err: message(error) }, 'MongoDB is away; trying again in 1 s');
        await this.connection.close().catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  }

  /** The module that made the connection has begun to open it; a second `openUri` would not wait for that. */
  private async connect(): Promise<void> {
    if (this.connection.readyState === CONNECTING) await this.connection.asPromise();
    else await this.connection.openUri(this.uri, { ...MONGO_OPTIONS });
    if (!this.connection.db) throw new StoreAwayError();
  }

  private async sampleClock(): Promise<void> {
    const { steady } = this.clock;
    const before = steady.now();
    const hello = await this.db
      .command({ hello: 1 })
      .catch(() => undefined as mongo.Document | undefined);
    const local: unknown = hello?.['localTime'];
    if (local instanceof Date) this.clock.sample(local.getTime(), before, steady.now());
  }

  get connected(): boolean {
    return this.connection.readyState === 1;
  }

  /** The database of the URI. Throws `StoreAwayError` before the first connection. */
  get db(): Db {
    const { db } = this.connection;
    if (!db) throw new StoreAwayError();
    return db;
  }

  /** A round trip, at most `ms` milliseconds. */
  async ping(ms: number): Promise<boolean> {
    if (!this.connected) return false;
    const answer = this.db.command({ ping: 1 }).then(
      () => true,
      () => false,
    );
    return within(ms, answer, () => false);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.clockTimer);
    await this.connection.close().catch(() => undefined);
  }
}

const message = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
