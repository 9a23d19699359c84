import type { mongo } from 'mongoose';
import { MongoStore } from '../../src/platform/mongo/mongo-store.js';
import type { Running } from './harness.js';

/** A command of the driver, as MongoDB gets it. */
export interface Command {
  readonly name: string;
  readonly collection: string;
  readonly document: mongo.Document;
}

/** The same address, for a client that tells of every command. */
export function monitored(mongodbUri: string): string {
  const url = new URL(mongodbUri);
  url.searchParams.set('monitorCommands', 'true');
  return url.toString();
}

/** Calls for each command that this gateway sends from now on. */
export function onCommand({ gateway }: Running, told: (command: Command) => void): void {
  const client = gateway.app.get(MongoStore).connection.getClient();
  client.on('commandStarted', ({ commandName: name, command }: mongo.CommandStartedEvent) =>
    told({ name, collection: String(command[name] as unknown), document: command }),
  );
}

/** The updates or deletes inside a command. */
export function writesOf({ document }: Command): readonly mongo.Document[] {
  const { updates, deletes } = document as Record<string, unknown>;
  const many = (updates ?? deletes) as
    mongo.Document[] | { documents: mongo.Document[] } | undefined;
  return many === undefined ? [] : Array.isArray(many) ? many : many.documents;
}

/** The filters of a command: of a find, or of each update or delete in it. */
export function filtersOf(command: Command): readonly mongo.Document[] {
  const { filter, pipeline, query } = command.document as Record<string, unknown>;
  const writes = writesOf(command);
  if (writes.length > 0) return writes.map((one) => one['q'] as mongo.Document);
  if (Array.isArray(pipeline)) return [(pipeline[0] as mongo.Document)['$match'] as mongo.Document];
  const one = filter ?? query;
  return one === undefined ? [] : [one as mongo.Document];
}
