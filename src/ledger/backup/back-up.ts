import path from 'node:path';
import type { mongo } from 'mongoose';
import { ArchiveError } from '../../platform/archive/archive-error.js';
import { fileHash, writeBsonFile } from '../../platform/archive/bson-file.js';
import { Digest } from '../../platform/archive/digest.js';
import {
  makePlace,
  writeManifest,
  type ArchivedCollection,
  type Manifest,
} from '../../platform/archive/manifest.js';
import type { OpenDatabase } from '../../platform/mongo/open-database.js';
import { RESTORING, type MigrationDoc } from '../schema/schema-state.js';

/** Locks belong to processes that are gone when the backup is loaded. */
const LEFT_OUT: ReadonlySet<string> = new Set(['leases']);
/** MongoDB's words for a snapshot that met the making of a collection or an index: the next one is fine. */
const AGAIN: ReadonlySet<unknown> = new Set([246]);
const TRIES = 3;

export interface BackUpOptions {
  /** Version of Waybill. */
  readonly build: string;
  readonly say?: (line: string) => void;
}

/**
 * Writes every collection of the database, as MongoDB's own bytes, as all of them were at one moment (read concern
 * `snapshot`), into an empty directory. Writes go on meanwhile. Throws `ArchiveError`; what was written then has no
 * manifest, and is no backup.
 */
export async function backUp(
  open: OpenDatabase,
  dir: string,
  options: BackUpOptions,
): Promise<Manifest> {
  await makePlace(dir);
  await refuseHalf(open.db);
  for (let tries = 1; ; tries += 1) {
    try {
      return await once(open, dir, options, tries > 1);
    } catch (error) {
      const { code, message } = error as { code?: unknown; message?: string };
      if (error instanceof ArchiveError) throw error;
      if (!AGAIN.has(code) || tries === TRIES)
        throw new ArchiveError('WB_BACKUP_FAILED', message ?? 'unknown', error);
    }
  }
}

async function refuseHalf(db: mongo.Db): Promise<void> {
  const half = await db.collection<{ _id: string }>('leases').findOne({ _id: RESTORING });
  if (half)
    throw new ArchiveError('WB_BACKUP_FAILED', 'a backup is being loaded into this database');
}

async function once(
  { client, db }: OpenDatabase,
  dir: string,
  { build, say }: BackUpOptions,
  over: boolean,
): Promise<Manifest> {
  const session = client.startSession({ snapshot: true });
  try {
    const upTo = (await db.command({ hello: 1 }))['localTime'] as Date;
    // The first read fixes the moment for all of them.
    const versions = await db
      .collection<MigrationDoc>('migrations')
      .find({}, { projection: { _id: 1 }, session })
      .toArray();
    const collections: ArchivedCollection[] = [];
    for (const name of await namesOf(db)) {
      const one = await write(db, name, path.join(dir, `${name}.bson.gz`), session, over);
      say?.(`${name}: ${one.documents} documents, ${one.bytes} bytes`);
      collections.push(one);
    }
    const manifest = {
      ...{ waybill: build, schemaVersion: Math.max(0, ...versions.map(({ _id }) => _id)) },
      ...{ database: db.databaseName, upTo: upTo.toISOString(), collections },
    };
    await writeManifest(dir, manifest);
    return { format: 1, ...manifest };
  } finally {
    await session.endSession();
  }
}

async function namesOf(db: mongo.Db): Promise<readonly string[]> {
  const found = await db.listCollections({ type: 'collection' }, { nameOnly: true }).toArray();
  return found
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('system.') && !LEFT_OUT.has(name))
    .toSorted();
}

async function write(
  db: mongo.Db,
  name: string,
  file: string,
  session: mongo.ClientSession,
  over: boolean,
): Promise<ArchivedCollection> {
  const digest = new Digest();
  const cursor = db.collection(name).find({}, { raw: true, session, batchSize: 1000 });
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const document of cursor as unknown as AsyncIterable<Uint8Array>) {
      digest.add(document);
      yield document;
    }
  }
  await writeBsonFile(file, counted(), over);
  return {
    ...{ collection: name, file: path.basename(file), sha256: await fileHash(file) },
    ...{ documents: digest.count, bytes: digest.bytes, digest: digest.hex },
  };
}
