import path from 'node:path';
import { mongo } from 'mongoose';
import { ArchiveError } from '../../platform/archive/archive-error.js';
import { readBsonFile } from '../../platform/archive/bson-file.js';
import { Digest } from '../../platform/archive/digest.js';
import type { ArchivedCollection, Manifest } from '../../platform/archive/manifest.js';
import type { HeldLock } from '../../platform/mongo/lease-lock.js';
import type { Db } from '../../platform/mongo/mongo-store.js';
import { RESTORING } from '../schema/schema-state.js';

const BATCH_DOCUMENTS = 1000;
const BATCH_BYTES = 8 * 1024 * 1024;
/** Values come and go as MongoDB's own types, so that a long stays a long. */
const EXACT = { promoteValues: false, promoteLongs: false, promoteBuffers: false } as const;

/** Throws unless nothing was ever written here. Locks of gateways that looked in do not count. */
export async function refuseUnlessEmpty(db: Db): Promise<void> {
  const found = await db.listCollections({ type: 'collection' }, { nameOnly: true }).toArray();
  for (const { name } of found) {
    if (name.startsWith('system.')) continue;
    const counts = name === 'leases' ? { _id: RESTORING } : {};
    const one = await db.collection<{ _id: string }>(name).findOne(counts as object);
    if (one === null) continue;
    const half = name === 'leases' ? ': an earlier restore was cut off; drop the database' : '';
    throw new ArchiveError(
      'WB_RESTORE_NOT_EMPTY',
      `the database ${db.databaseName} holds documents in ${name}${half}`,
    );
  }
}

/** From now on every gateway refuses this database, until `release`. */
export async function refuseGateways(db: Db): Promise<void> {
  await db.collection<{ _id: string }>('leases').insertOne({ _id: RESTORING });
}

export async function release(db: Db): Promise<void> {
  await db.collection<{ _id: string }>('leases').deleteOne({ _id: RESTORING });
}

/**
 * Loads every collection of a backup into the empty database, byte for byte, and then reads all of it back: count and
 * digest must be those of the manifest. Throws `ArchiveError`, `LockLostError`.
 */
export async function loadBackup(
  db: Db,
  dir: string,
  { collections }: Manifest,
  lock: HeldLock,
  say: (line: string) => void,
): Promise<void> {
  for (const one of collections) {
    await loadOne(db, path.join(dir, one.file), one, lock);
    say(`${one.collection}: ${one.documents} documents loaded`);
  }
  for (const one of collections) {
    await lock.renew();
    await compare(db, one);
  }
  say('every document was read back and is the one that was written');
}

async function loadOne(
  db: Db,
  file: string,
  { collection }: ArchivedCollection,
  lock: HeldLock,
): Promise<void> {
  let batch: mongo.Document[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    await lock.renew();
    await db.collection(collection).insertMany(batch, { ordered: false });
    batch = [];
    size = 0;
  };
  for await (const document of readBsonFile(file)) {
    batch.push(mongo.BSON.deserialize(document, EXACT));
    size += document.length;
    if (batch.length >= BATCH_DOCUMENTS || size >= BATCH_BYTES) await flush();
  }
  await flush();
}

async function compare(
  db: Db,
  { collection, documents, digest }: ArchivedCollection,
): Promise<void> {
  const seen = new Digest();
  const cursor = db.collection(collection).find({}, { raw: true, batchSize: 1000 });
  for await (const document of cursor as unknown as AsyncIterable<Uint8Array>) seen.add(document);
  if (seen.count === documents && seen.hex === digest) return;
  throw new ArchiveError(
    'WB_RESTORE_BROKEN',
    `${collection} holds ${seen.count} documents of ${documents}, or others than were backed up`,
  );
}
