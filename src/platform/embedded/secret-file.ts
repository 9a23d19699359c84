import { randomBytes } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';

/**
 * The secret kept in `file`, made at first use and the same ever after.
 * Hex, because it goes into URIs and into configuration files without any quoting.
 */
export async function secretFromFile(file: string, bytes = 32): Promise<string> {
  const fresh = randomBytes(bytes).toString('hex');
  try {
    await writeFile(file, fresh, { mode: 0o600, flag: 'wx', flush: true });
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // A copied or restored directory may have lost the mode; mongod refuses an open keyFile.
  await chmod(file, 0o600);
  const kept = (await readFile(file, 'utf8')).trim();
  if (kept !== '') return kept;
  // Cut off by a crash while it was first written: nothing can depend on it yet.
  await writeFile(file, fresh, { flush: true });
  return fresh;
}
