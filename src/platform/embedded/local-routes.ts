import { access, chmod, constants, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { type BinaryName, type Route, VARIABLES } from './binary.js';

/** The path that the operator named. */
export const variableRoute: Route = {
  label: 'environment variable',
  find({ name, env }) {
    const file = env[VARIABLES[name]];
    if (!file) return Promise.reject(new Error(`${VARIABLES[name]} is not set`));
    return Promise.resolve(path.resolve(file));
  },
};

/** A program that is installed on this machine. */
export const pathRoute: Route = {
  label: 'PATH',
  async find({ name, env }) {
    for (const folder of (env['PATH'] ?? '').split(path.delimiter).filter(Boolean)) {
      const file = path.join(folder, process.platform === 'win32' ? `${name}.exe` : name);
      if (await isProgram(file)) return file;
    }
    throw new Error(`no ${name} in any folder of PATH`);
  },
};

/** What a download of an earlier start left behind. */
export const cacheRoute: Route = {
  label: 'cache of an earlier download',
  async find({ name, cacheDir }) {
    const file = cachedPath(cacheDir, name);
    if (await isProgram(file)) return file;
    throw new Error(`${file} does not exist`);
  },
};

/** Where downloads are kept unless the caller says otherwise. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  if (env['WAYBILL_CACHE']) return path.resolve(env['WAYBILL_CACHE']);
  return path.join(env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'waybill');
}

/** The one file of the cache for this program on this kind of machine. */
export function cachedPath(cacheDir: string, name: BinaryName): string {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return path.join(cacheDir, `${name}-${process.platform}-${process.arch}${suffix}`);
}

/** Puts a downloaded program into the cache; other processes see the whole file or none. */
export async function storeInCache(
  cacheDir: string,
  name: BinaryName,
  program: Buffer | string,
): Promise<string> {
  const target = cachedPath(cacheDir, name);
  await mkdir(cacheDir, { recursive: true, mode: 0o700 });
  const draft = typeof program === 'string' ? program : `${target}.${randomUUID()}`;
  try {
    if (typeof program !== 'string') await writeFile(draft, program);
    await chmod(draft, 0o755);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return target;
}

async function isProgram(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
