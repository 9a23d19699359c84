import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transformFileSync } from '@swc/core';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, signalProcess } from './process-identity.js';
import { startEmbeddedStores } from './start.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const { MONGODB_URI: _mongo, REDIS_URL: _redis, ...env } = process.env;
let program: string;
let root: string;

// A process of its own can be killed, and it cannot load TypeScript: hence a compiled copy of this folder.
beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'waybill-parent-'));
  for (const name of await readdir(here)) {
    if (name.endsWith('.spec.ts')) continue;
    const { code } = transformFileSync(path.join(here, name), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    await writeFile(path.join(root, name.replace(/\.ts$/, '.js')), code);
  }
  await writeFile(path.join(root, 'package.json'), '{"type":"module"}');
  await symlink(path.join(here, '../../../node_modules'), path.join(root, 'node_modules'));
  program = path.join(root, 'parent.js');
  await writeFile(
    program,
    `import { startEmbeddedStores } from './start.js';
    const [dataDir, then] = process.argv.slice(2);
    const stores = await startEmbeddedStores({ dataDir, env: process.env, mongoCacheGb: 0.25 });
    console.log(JSON.stringify({ pids: stores.pids }));
    if (then === 'exit') process.exit(7);
    const drain = () => new Promise((resolve) => setTimeout(resolve, 500));
    if (then === 'handle') process.on('SIGTERM', async () => {
      await drain();
      const code = stores.mongo.running && stores.redis.running ? 8 : 9;
      await stores.stop();
      process.exit(code);
    });
    setInterval(() => 0, 1000);`,
  );
});
// A test that failed half-way leaves its processes; they would keep the runner from ending.
const spawned: Parent[] = [];
afterAll(async () => {
  for (const parent of spawned) {
    for (const pid of alive(parent.children)) signalProcess(pid, 'SIGKILL');
    parent.process.kill('SIGKILL');
  }
  await rm(root, { recursive: true });
});

interface Parent {
  readonly process: ChildProcess;
  readonly exit: Promise<unknown[]>;
  readonly children: number[];
}

async function startParent(dataDir: string, then = ''): Promise<Parent> {
  const child = spawn(process.execPath, [program, dataDir, then], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { pids } = JSON.parse(line.toString()) as { pids: { mongo: number; redis: number } };
  const parent = { process: child, exit, children: [pids.mongo, pids.redis] };
  spawned.push(parent);
  return parent;
}

const alive = (pids: readonly number[]) => pids.filter((pid) => identify(pid) !== undefined);

async function untilGone(pids: readonly number[]): Promise<readonly number[]> {
  for (let tries = 0; tries < 200 && alive(pids).length > 0; tries += 1) await sleep(50);
  return alive(pids);
}

describe('the parent process', () => {
  it('killed: its orphans neither block the next start nor survive it', async () => {
    const dataDir = path.join(root, 'killed');
    const parent = await startParent(dataDir);
    await expect(startEmbeddedStores({ dataDir, env })).rejects.toMatchObject({
      code: 'WB_STORE_IN_USE',
      message: expect.stringContaining(`process ${parent.process.pid} `),
    });
    parent.process.kill('SIGKILL');
    await parent.exit;
    expect(alive(parent.children)).toEqual(parent.children);

    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const stores = await startEmbeddedStores({ dataDir, env, log, mongoCacheGb: 0.25 });
    expect(alive(parent.children)).toEqual([]);
    expect(lines).toHaveLength(2);
    for (const pid of parent.children) expect(lines.join()).toContain(`(process ${pid})`);
    await stores.stop();
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'told to end by %s and handling no signals: the stores end first, cleanly',
    async (signal) => {
      const dataDir = path.join(root, signal);
      const parent = await startParent(dataDir);
      parent.process.kill(signal);
      expect(await parent.exit).toEqual([null, signal]);
      expect(alive(parent.children)).toEqual([]);
      expect(await readdir(dataDir)).toEqual(['mongo', 'redis']);
      const log = await readFile(path.join(dataDir, 'mongo', 'mongod.log'), 'utf8');
      expect(log).toContain('"exitCode":0');
    },
  );

  it('handling signals itself: the stores run until it calls stop()', async () => {
    const parent = await startParent(path.join(root, 'handling'), 'handle');
    parent.process.kill('SIGTERM');
    expect(await parent.exit).toEqual([8, null]);
    expect(alive(parent.children)).toEqual([]);
  });

  it('exiting without stop(): the stores are told to end', async () => {
    const parent = await startParent(path.join(root, 'exiting'), 'exit');
    expect(await parent.exit).toEqual([7, null]);
    expect(await untilGone(parent.children)).toEqual([]);
  });
});
