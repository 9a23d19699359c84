import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { endProcess, isAlive, type ProcessIdentity } from './process-identity.js';
import { type EmbeddedOptions, type EmbeddedStores, startEmbeddedStores } from './start.js';
import { readState } from './store-state.js';

const PREFIX = 'waybill-test-';

/** Stores with a throw-away directory. */
export interface TestStores extends EmbeddedStores {
  readonly dataDir: string;
}

/**
 * Starts real stores for one test file; `stop()` kills them and deletes their data.
 * Addresses in the environment are ignored on purpose: a test must never reach a real database.
 */
export async function startTestStores(
  options: Partial<Omit<EmbeddedOptions, 'dataDir'>> = {},
): Promise<TestStores> {
  await sweepLeftovers();
  const dataDir = await mkdtemp(path.join(os.tmpdir(), PREFIX));
  const { MONGODB_URI: _mongo, REDIS_URL: _redis, ...env } = process.env;
  const remove = () => rm(dataDir, { recursive: true, force: true });
  try {
    const stores = await startEmbeddedStores({
      env,
      mongoCacheGb: 0.25,
      // Lets tests provoke faults with `failCommand`.
      mongoParameters: { enableTestCommands: 1 },
      ...options,
      dataDir,
    });
    return {
      ...stores,
      get pids() {
        return stores.pids;
      },
      dataDir,
      stop: () => killAll(stores).then(remove),
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

// A clean shutdown takes mongod a second, and the data is thrown away anyway.
async function killAll(stores: EmbeddedStores): Promise<void> {
  await Promise.all([stores.mongo?.kill('SIGKILL'), stores.redis?.kill('SIGKILL')]);
  await stores.stop();
}

/** Ends the stores, and deletes the directories, of test runs that were killed. */
async function sweepLeftovers(): Promise<void> {
  const folders = (await readdir(os.tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const folder of folders.map((name) => path.join(os.tmpdir(), name))) {
    const owner = readOwner(folder);
    // Without an owner yet, the directory may belong to a run that is just starting.
    if (owner === undefined || isAlive(owner)) continue;
    for (const store of ['mongo', 'redis']) {
      const { child } = readState(path.join(folder, store, 'state.json'));
      if (child && isAlive(child)) await endProcess(child, 0);
    }
    await rm(folder, { recursive: true, force: true });
  }
}

function readOwner(folder: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'stores.lock'), 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
