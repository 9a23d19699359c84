import type { Configuration } from '../accounts/configuration.js';
import { missingIndexes } from '../ledger/indexes.js';
import type { Log } from '../platform/log/log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import type { MongoStore } from '../platform/mongo/mongo-store.js';
import type { RedisStore } from '../platform/redis/redis-store.js';
import type { ReadinessCheck } from './readiness.js';

const TICK_MS = 10_000;
/** Settings of the stores hardly change: indexes and eviction policy are read every sixth look. */
const SETTINGS_EVERY = 6;
const LIMIT_MS = 1000;

export interface SignalParts {
  readonly mongo: MongoStore;
  readonly redis: RedisStore;
  readonly readiness: ReadinessCheck;
  readonly configuration: Configuration;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly version: string;
  readonly role: string;
}

/** The place of a credential in its account's list, newest first: names that a rule can rely on. */
const placeOf = (index: number): string =>
  index === 0 ? 'current' : index === 1 ? 'previous' : `previous-${index}`;

/** What a process knows about itself and its stores, as metrics: looked at every 10 s, away from every request. */
export class ProcessSignals {
  private round = 0;
  private warned = false;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private readonly onRedisError = (): void => {
    this.parts.metrics.storeErrors.inc({ store: 'redis' });
  };
  private readonly onHeartbeatFailed = (): void => {
    this.parts.metrics.storeErrors.inc({ store: 'mongo' });
  };

  constructor(private readonly parts: SignalParts) {}

  /** By Nest, once the application is up. */
  onApplicationBootstrap(): void {
    this.declare();
    this.parts.configuration.onChange(() => this.declare());
    this.listen();
    this.again();
  }

  /** By Nest: before the stores close. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.parts.redis.client.off('error', this.onRedisError);
    await this.running;
  }

  private again(): void {
    this.running = this.tick().finally(() => {
      if (!this.stopped) this.timer = setTimeout(() => this.again(), TICK_MS).unref();
    });
  }

  /**
   * What the process and its configuration are, and a zero for every series that an alert compares with its past: a
   * counter that begins at one has not increased, as Prometheus sees it. Again after every change of configuration.
   */
  private declare(): void {
    const { metrics, configuration, version, role } = this.parts;
    metrics.buildInfo.set({ version, node: process.versions.node, role }, 1);
    for (const store of ['mongo', 'redis']) metrics.storeErrors.inc({ store }, 0);
    metrics.credentialNotAfter.reset();
    for (const { id: account, credentials, source } of configuration.accounts) {
      for (const result of ['recorded', 'repeat', 'conflict', 'parked', 'nothing'])
        metrics.receipts.inc({ source: source.name, result }, 0);
      for (const [index, { notAfter }] of credentials.entries()) {
        const labels = { account, credential: placeOf(index) };
        metrics.credentialUses.inc(labels, 0);
        if (notAfter !== undefined) metrics.credentialNotAfter.set(labels, notAfter / 1000);
      }
    }
    for (const { id: target } of configuration.targets) {
      for (const state of ['delivered', 'dead', 'refused'])
        metrics.deliveries.inc({ target, state }, 0);
      for (const counter of [metrics.uncertain, metrics.leaseExpiries, metrics.swept])
        counter.inc({ target }, 0);
    }
  }

  /** Events that the drivers emit anyway: they cost nothing while all is well. */
  private listen(): void {
    const { mongo, redis } = this.parts;
    redis.client.on('error', this.onRedisError);
    const attach = (): void => {
      const client = mongo.connection.getClient();
      client.off('serverHeartbeatFailed', this.onHeartbeatFailed);
      client.on('serverHeartbeatFailed', this.onHeartbeatFailed);
    };
    mongo.connection.on('connected', attach);
    if (mongo.connected) attach();
  }

  /** One look. Never throws. */
  async tick(): Promise<void> {
    const { metrics, mongo, redis, readiness } = this.parts;
    const { ready } = await readiness.check().catch(() => ({ ready: false }));
    metrics.ready.set(ready ? 1 : 0);
    metrics.clockSkewMs.set(mongo.clock.skewMs);
    await this.measure('mongo', () => mongo.ping(LIMIT_MS));
    await this.measure('redis', () => pingRedis(redis));
    // Settings are read from a store that answers; away, the last word on them stays.
    if (this.round > 0 || (await this.settings())) this.round = (this.round + 1) % SETTINGS_EVERY;
  }

  private async measure(store: 'mongo' | 'redis', ping: () => Promise<boolean>): Promise<void> {
    const { metrics } = this.parts;
    const started = performance.now();
    const up = await ping();
    metrics.storeUp.set({ store }, up ? 1 : 0);
    if (up) metrics.storeRoundTripMs.observe({ store }, performance.now() - started);
  }

  /** Whether all is known and nothing is missing: otherwise the next look asks again. */
  private async settings(): Promise<boolean> {
    const { metrics, redis, log } = this.parts;
    const policy = await evictionPolicy(redis);
    if (policy !== undefined) {
      const wrong = policy !== 'noeviction';
      metrics.evictionWrong.set(wrong ? 1 : 0);
      if (wrong && !this.warned)
        log.warn(
          { code: 'WB_QUEUE_EVICTION' },
          `Redis maxmemory-policy is ${policy}; set it to noeviction`,
        );
      this.warned = wrong;
    }
    const missing = await this.missing();
    if (missing !== undefined) metrics.indexesMissing.set(missing.length);
    return missing?.length === 0 && redis.ready;
  }

  /** A list that could not be read is no missing index. */
  private async missing(): Promise<readonly string[] | undefined> {
    const { mongo } = this.parts;
    if (!(await mongo.ping(LIMIT_MS))) return undefined;
    return missingIndexes(mongo.db).catch(() => undefined);
  }
}

/** One round trip, limited by the client's own limit for commands. */
async function pingRedis(redis: RedisStore): Promise<boolean> {
  if (!redis.ready) return false;
  return redis.client.ping().then(
    () => true,
    () => false,
  );
}

/** Undefined: not known (away, or the server does not let us ask). */
async function evictionPolicy(redis: RedisStore): Promise<string | undefined> {
  if (!redis.ready) return undefined;
  const answer: unknown = await redis.client.config('GET', 'maxmemory-policy').catch(() => []);
  const policy: unknown = Array.isArray(answer) ? answer[1] : undefined;
  return typeof policy === 'string' ? policy : undefined;
}
