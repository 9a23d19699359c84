import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fieldsOf } from '#contract';
import { ProcessSettings } from '../../platform/config/index.js';
import { AWS_VARIABLES } from '../../platform/secrets/aws.js';
import { GCP_VARIABLES } from '../../platform/secrets/gcp.js';

/** Settings of the process itself, among them the keys of everything. */
const OWN = new Set([
  ...fieldsOf(ProcessSettings).map(({ name }) => name),
  ...AWS_VARIABLES,
  ...GCP_VARIABLES,
]);

const isOwn = (name: string): boolean => OWN.has(name) || name.startsWith('WAYBILL_');

/** Symbolic links lead nowhere else. A file that is not there is said to be missing elsewhere. */
function real(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

const isBelow = (file: string, directory: string): boolean => {
  const way = path.relative(real(directory), real(file));
  return way !== '' && !way.startsWith('..') && !path.isAbsolute(way);
};

/**
 * What objects made through the admin API may not reference: whoever holds a key of that API must not read the gateway's
 * own keys, nor files of the machine, by having them sent somewhere.
 */
export const referenceRule =
  (secretFiles: string | null) =>
  (kind: string, name: string): string | undefined => {
    if (kind === 'env')
      return isOwn(name)
        ? `must not reference ${name}, a setting of the gateway itself`
        : undefined;
    if (kind !== 'file') return undefined;
    if (secretFiles === null)
      return 'must not reference a file: WAYBILL_SECRET_FILES names no directory for that';
    return path.isAbsolute(name) && isBelow(name, secretFiles)
      ? undefined
      : 'must reference a file below the directory of WAYBILL_SECRET_FILES, by its absolute path';
  };
