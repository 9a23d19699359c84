import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../log/log.js';

/** Every command to Redis gives up after this many milliseconds: it is an accelerator and may vanish. */
export const REDIS_LIMIT_MS = 300;

const retryStrategy = (times: number): number => Math.min(50 * 2 ** Math.min(times, 6), 2000);

/**
 * Connections for Bull: one shared by all producers and one subscriber, plus one blocking connection per queue.
 * A command to a lost Redis fails at once instead of queueing up behind a reconnect.
 */
export class RedisStore {
  private readonly clients = new Set<Redis>();
  readonly client: Redis;
  private readonly subscriber: Redis;

  constructor(
    private readonly url: string,
    private readonly log: Log,
  ) {
    this.client = this.connect({
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: 2000,
    });
    this.subscriber = this.connect({ maxRetriesPerRequest: null });
  }

  private connect(options: RedisOptions): Redis {
    const client = new Redis(this.url, {
      enableReadyCheck: false,
      connectTimeout: 2000,
      retryStrategy,
      ...options,
    });
    let told = false;
    client.on('error', (error: Error) => {
      if (!told)
        this.log.warn({ err: error.message }, 'Redis is away; deliveries go on from MongoDB');
      told = true;
    });
    client.on('ready', () => {
      told = false;
    });
    this.clients.add(client);
    return client;
  }

  /** For Bull's `createClient`. */
  clientFor(type: 'client' | 'subscriber' | 'bclient'): Redis {
    if (type === 'client') return this.client;
    if (type === 'subscriber') return this.subscriber;
    return this.connect({ maxRetriesPerRequest: null });
  }

  /** False means: a command now would certainly not reach Redis. */
  get ready(): boolean {
    return this.client.status === 'ready';
  }

  /** A warning sentence about a setting that loses jobs, or undefined. Costs one round trip; never throws. */
  async misconfiguration(): Promise<string | undefined> {
    if (!this.ready) return undefined;
    try {
      const [, policy] = (await this.client.config('GET', 'maxmemory-policy')) as [string, string];
      return policy === 'noeviction'
        ? undefined
        : `Redis maxmemory-policy is ${policy}; set it to noeviction`;
    } catch {
      return undefined;
    }
  }

  close(): void {
    for (const client of this.clients) client.disconnect();
  }
}
