import { Cluster, type RedisOptions } from 'ioredis';
import type { Log } from '../log/log.js';
import { connectRedis, type RedisClient } from './connect.js';
import { queuePrefix } from './redis-address.js';

/** Every command to Redis gives up after this many milliseconds: it is an accelerator and may vanish. */
export const REDIS_LIMIT_MS = 300;

/**
 * Connections for Bull: one shared by all producers and one subscriber, plus one blocking connection per queue.
 * A command to a lost Redis fails at once instead of queueing up behind a reconnect.
 */
export class RedisStore {
  private readonly clients = new Set<RedisClient>();
  readonly client: RedisClient;
  private readonly subscriber: RedisClient;

  constructor(
    private readonly url: string,
    private readonly log: Log,
  ) {
    this.client = this.connect({
      enableOfflineQueue: false,
      // A job whose answer was lost with its connection may be in Redis: said again, it would be delivered twice.
      maxRetriesPerRequest: 0,
      commandTimeout: 2000,
    });
    this.subscriber = this.connect({ maxRetriesPerRequest: null });
  }

  private connect(options: RedisOptions): RedisClient {
    const client = connectRedis(this.url, options);
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

  /** Bull's prefix for the keys of one queue. */
  prefixOf(queue: string): string {
    return queuePrefix(this.url, queue);
  }

  /** For Bull's `createClient`. */
  clientFor(type: 'client' | 'subscriber' | 'bclient'): RedisClient {
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
    const servers = this.client instanceof Cluster ? this.client.nodes('master') : [this.client];
    try {
      const answers = servers.map((server) => server.config('GET', 'maxmemory-policy'));
      const policies = (await Promise.all(answers)) as [string, string][];
      const wrong = policies.find(([, policy]) => policy !== 'noeviction')?.[1];
      return wrong === undefined
        ? undefined
        : `Redis maxmemory-policy is ${wrong}; set it to noeviction`;
    } catch {
      return undefined;
    }
  }

  close(): void {
    for (const client of this.clients) client.disconnect();
  }
}
