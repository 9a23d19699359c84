import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { ArchiveError } from './archive-error.js';
import { fileHash } from './bson-file.js';

const NAME = 'manifest.json';
const FORMAT = 1;

/** What one file of a backup holds. */
export interface ArchivedCollection {
  readonly collection: string;
  /** Name in the backup's directory. */
  readonly file: string;
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
  readonly documents: number;
  /** Of the documents, uncompressed. */
  readonly bytes: number;
  /** `Digest` of the documents, hex: compared with the database once they are loaded. */
  readonly digest: string;
}

/** Written last: a directory without it holds no backup. */
export interface Manifest {
  readonly format: typeof FORMAT;
  /** Version of Waybill that made it. */
  readonly waybill: string;
  /** Schema version of the database. */
  readonly schemaVersion: number;
  readonly database: string;
  /** Everything that was acknowledged before this moment (MongoDB's clock, ISO 8601) is in it. */
  readonly upTo: string;
  readonly collections: readonly ArchivedCollection[];
}

/** Makes the directory (0700). Throws where there is something in it. */
export async function makePlace(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if ((await readdir(dir)).length > 0)
    throw new ArchiveError('WB_BACKUP_PLACE', `${dir} is not empty`);
}

export async function writeManifest(
  dir: string,
  manifest: Omit<Manifest, 'format'>,
): Promise<void> {
  const file = path.join(dir, NAME);
  const handle = await open(`${file}.part`, 'wx', 0o600);
  await handle.writeFile(`${JSON.stringify({ format: FORMAT, ...manifest }, null, 2)}\n`);
  await handle.sync();
  await handle.close();
  await rename(`${file}.part`, file);
}

const isCollection = (one: Partial<ArchivedCollection>): boolean =>
  typeof one.collection === 'string' &&
  /^[a-z_]{1,64}$/.test(one.collection) &&
  one.file === `${one.collection}.bson.gz` &&
  typeof one.sha256 === 'string' &&
  typeof one.digest === 'string' &&
  Number.isSafeInteger(one.documents) &&
  Number.isSafeInteger(one.bytes);

/** Reads a backup's manifest and compares every file with it. Throws `ArchiveError`. */
export async function readManifest(dir: string): Promise<Manifest> {
  const file = path.join(dir, NAME);
  const broken = (what: string): never => {
    throw new ArchiveError('WB_RESTORE_BROKEN', what);
  };
  if (!existsSync(file)) broken(`${dir} holds no finished backup: there is no ${NAME}`);
  const manifest = parse(await readFile(file, 'utf8'));
  if (manifest?.format !== FORMAT || !Array.isArray(manifest.collections))
    return broken(`${file} is no manifest of format ${FORMAT}`);
  const { upTo = '', schemaVersion, collections } = manifest;
  if (Number.isNaN(Date.parse(upTo)) || !Number.isSafeInteger(schemaVersion))
    broken(`${file} says neither when it was made nor of what`);
  for (const one of collections) {
    if (!isCollection(one)) broken(`${file} has a broken entry`);
    const held = path.join(dir, one.file);
    if (!existsSync(held)) broken(`${one.file} is missing`);
    if ((await fileHash(held)) !== one.sha256)
      broken(`${one.file} is not the file that was written`);
  }
  return manifest as Manifest;
}

function parse(text: string): Partial<Manifest> | undefined {
  try {
    return JSON.parse(text) as Partial<Manifest>;
  } catch {
    return undefined;
  }
}
