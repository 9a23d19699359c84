import Bull from 'bull';
import { Redis } from 'ioredis';
import { mongo } from 'mongoose';
import { given } from './door.js';

/** The same promise as the gateway's: in the journal of a majority before anybody hears of it. */
export async function openMongo(): Promise<mongo.Db> {
  const client = new mongo.MongoClient(given('MONGODB_URI'), {
    writeConcern: { w: 'majority', journal: true },
    maxPoolSize: 20,
    ignoreUndefined: true,
  });
  await client.connect();
  return client.db();
}

/** Queues that share their connections, one blocking connection each. */
export function openQueues<T>(names: readonly string[]): Bull.Queue<T>[] {
  const url = given('REDIS_URL');
  const connect = () => new Redis(url, { maxRetriesPerRequest: null, enableReadyCheck: false });
  const client = connect();
  const subscriber = connect();
  const createClient = (type: 'client' | 'subscriber' | 'bclient') =>
    type === 'client' ? client : type === 'subscriber' ? subscriber : connect();
  return names.map((name) => new Bull<T>(name, { createClient }));
}

export const ONE_TRY = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;

const role = process.env['ROLE'] ?? 'all';

/** This process takes jobs. */
export const DELIVERS = role !== 'api';
