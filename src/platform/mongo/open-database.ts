import { mongo } from 'mongoose';
import { MONGO_OPTIONS, type Db } from './mongo-store.js';

/** A database opened for one errand. */
export interface OpenDatabase {
  readonly db: Db;
  readonly client: mongo.MongoClient;
  readonly close: () => Promise<void>;
}

/**
 * Opens the database that the URI names, with the gateway's own write concern, for a program that does one thing and ends:
 * it waits longer for a server, and as long as a command takes. Throws the driver's error when no server answers.
 */
export async function openDatabase(uri: string): Promise<OpenDatabase> {
  const client = new mongo.MongoClient(uri, {
    writeConcern: { ...MONGO_OPTIONS.writeConcern, wtimeoutMS: 60_000 },
    serverSelectionTimeoutMS: 15_000,
    connectTimeoutMS: 5000,
    ignoreUndefined: true,
  });
  await client.connect();
  return { db: client.db(), client, close: () => client.close() };
}
