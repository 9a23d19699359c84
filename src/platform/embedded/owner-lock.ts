import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';
import { StoreError } from './store-error.js';

/** Gives the directory back; does nothing when someone else holds it by now. */
export type Release = () => Promise<void>;

/** Makes this process the only one that runs stores in `dataDir`, or refuses by naming the owner. */
export async function claimDirectory(dataDir: string): Promise<Release> {
  const file = path.join(dataDir, 'stores.lock');
  const draft = `${file}.${randomUUID()}`;
  const mine = JSON.stringify({ ...identify(process.pid), since: new Date().toISOString() });
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    // link() is the one call that both creates the name and fails if it exists, with the content complete.
    while (!(await linked(draft, file))) await clearDeadOwner(file, dataDir);
  } finally {
    await rm(draft, { force: true });
  }
  return async () => {
    if ((await contentOf(file)) === mine) await rm(file, { force: true });
  };
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function clearDeadOwner(file: string, dataDir: string): Promise<void> {
  const text = await contentOf(file);
  if (text === undefined) return;
  const owner = parseOwner(text);
  if (owner && isAlive(owner)) throw inUse(dataDir, owner);
  const aside = `${file}.dead.${randomUUID()}`;
  await rename(file, aside).catch(() => undefined);
  // Another starter may have taken over between our look and the rename: then give its lock back.
  if (((await contentOf(aside)) ?? text) !== text) await linked(aside, file);
  await rm(aside, { force: true });
}

async function contentOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function parseOwner(text: string): (ProcessIdentity & { since: string }) | undefined {
  try {
    return JSON.parse(text) as ProcessIdentity & { since: string };
  } catch {
    return undefined;
  }
}

function inUse(dataDir: string, owner: ProcessIdentity & { since: string }): StoreError {
  return new StoreError(
    'WB_STORE_IN_USE',
    `The data directory ${dataDir} is in use by process ${owner.pid} since ${owner.since}.`,
    'Stop that process, or give this one its own directory with WAYBILL_DATA.',
  );
}
