import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { redisAddress } from './redis-address.js';

export type RedisClient = Redis | Cluster;

const retryStrategy = (times: number): number => Math.min(50 * 2 ** Math.min(times, 6), 2000);
const BASE = { enableReadyCheck: false, connectTimeout: 2000, retryStrategy } as const;
/** Sentinels and nodes are asked for news so often (milliseconds). */
const NEWS_MS = 2000;

/** One connection (to a cluster: one to each node used) that reconnects for ever. Errors are its `error` events. */
export function connectRedis(url: string, options: RedisOptions): RedisClient {
  const address = redisAddress(url);
  if (address.kind === 'single') return new Redis(address.url, { ...BASE, ...options });
  const { nodes, tls, username, password } = address;
  const login = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
  };
  if (address.kind === 'cluster') {
    const { enableOfflineQueue = true, ...own } = options;
    return new Cluster([...nodes], {
      redisOptions: { ...login, connectTimeout: BASE.connectTimeout, ...own },
      enableOfflineQueue,
      // A node that went away with a command: where none may be said twice, not to its successor either.
      ...(own.maxRetriesPerRequest === 0 ? { retryDelayOnFailover: 0 } : {}),
      clusterRetryStrategy: retryStrategy,
      slotsRefreshInterval: NEWS_MS * 5,
      slotsRefreshTimeout: NEWS_MS,
      // Certificates are for names: a node is spoken to under the one it was announced by.
      ...(tls ? { dnsLookup: (host, callback) => callback(null, host) } : {}),
    });
  }
  const { name, db, sentinelPassword } = address;
  return new Redis({
    ...BASE,
    ...options,
    ...login,
    ...{ name, db, sentinels: [...nodes], sentinelRetryStrategy: retryStrategy },
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    // A master that became a replica refuses to write: look again who it is.
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 2 : false),
  });
}
