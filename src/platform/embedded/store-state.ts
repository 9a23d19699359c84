import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Binary, BinaryName } from './binary.js';
import type { ProcessIdentity } from './process-identity.js';
import { StoreError } from './store-error.js';

/** What a store's directory remembers from one start to the next. */
export interface StoreState {
  /** Version of the last program that served this data. */
  readonly version?: string;
  readonly port?: number;
  /** The child while it runs, and the orphan when its parent was killed. */
  readonly child?: ProcessIdentity;
}

/** Reads the state; a missing or damaged file means a directory without a past. */
export function readState(file: string): StoreState {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StoreState;
  } catch {
    return {};
  }
}

/** Writes the state at once and whole: no moment may pass between a spawn and its record. */
export function writeState(file: string, state: StoreState): void {
  writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Refuses a program that cannot read, or would harm, what a newer or much older one wrote. */
export function checkVersion(
  name: BinaryName,
  dir: string,
  state: StoreState,
  binary: Binary,
): void {
  if (state.version === undefined) return;
  const [wrote, has] = [majorMinor(state.version), majorMinor(binary.version)];
  if (has[0] < wrote[0] || (has[0] === wrote[0] && has[1] < wrote[1])) {
    throw new StoreError(
      'WB_STORE_VERSION',
      `The data in ${dir} was written by ${name} ${state.version}; ` +
        `${binary.path} is ${binary.version}, and an older version cannot read it.`,
      `Use ${name} ${wrote[0]}.${wrote[1]} or newer, or start with an empty directory (WAYBILL_DATA).`,
    );
  }
  // mongod upgrades its data one major at a time; Redis reads any older format.
  if (name === 'mongod' && has[0] > wrote[0] + 1) {
    throw new StoreError(
      'WB_STORE_VERSION',
      `The data in ${dir} was written by mongod ${state.version}; ` +
        `${binary.path} is ${binary.version}, and mongod upgrades one major version at a time.`,
      `Start once with mongod ${wrote[0] + 1}.0, then go on to the next.`,
    );
  }
}

function majorMinor(version: string): readonly [number, number] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return [major, minor];
}
