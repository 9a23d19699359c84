import { Redis } from 'ioredis';
import { mongo } from 'mongoose';

/** Runs one piece of work on a connection of its own to MongoDB; fails fast when nobody answers. */
export async function onMongo<T>(uri: string, work: (db: mongo.Db) => Promise<T>): Promise<T> {
  const client = new mongo.MongoClient(uri, { serverSelectionTimeoutMS: 3000 });
  try {
    return await work(client.db());
  } finally {
    await client.close();
  }
}

/** Runs one piece of work on a connection of its own to Redis; fails fast when nobody answers. */
export async function onRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
  // The failed command tells the same; an unheard 'error' would be printed besides.
  redis.on('error', () => undefined);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
