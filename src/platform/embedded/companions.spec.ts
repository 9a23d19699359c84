import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transformFileSync } from '@swc/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('companions.ts', import.meta.url));

describe('a companion', () => {
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'waybill-companions-'));
    const { code } = transformFileSync(SOURCE, {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    await writeFile(path.join(root, 'companions.mjs'), code);
    await writeFile(
      path.join(root, 'rig.mjs'),
      `import { spawn } from 'node:child_process';
      import { accompany } from './companions.mjs';
      // Says a word when it is gone: its end closes the pipe.
      const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: ['ignore', 'inherit', 'inherit'] });
      accompany(child);
      child.once('spawn', () => {
        process.send('up');
        if (process.argv[2] === 'throws') throw new Error('of its own');
      });
      setInterval(() => 0, 1000);`,
    );
  });

  afterAll(() => rm(root, { recursive: true, force: true }));

  it.each<[string, NodeJS.Signals | undefined, number]>([
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGINT', 'SIGINT', 130],
    ['SIGHUP', 'SIGHUP', 129],
    ['an error', undefined, 1],
  ])('ends with its rig, which %s ends', async (_what, signal, code) => {
    const args = signal === undefined ? ['throws'] : [];
    const rig = spawn(process.execPath, [path.join(root, 'rig.mjs'), ...args], {
      stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    });
    const exit = once(rig, 'exit');
    // The pipe ends when the last process that holds it is gone, the companion, too.
    const closed = once(rig, 'close');
    rig.stdout?.resume();
    await once(rig, 'message');
    if (signal) rig.kill(signal);
    expect((await exit)[0]).toBe(code);
    await closed;
  });
});
