import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { claimDirectory } from './owner-lock.js';
import { identify, isAlive } from './process-identity.js';

let dir: string;
let child: ChildProcess | undefined;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'waybill-lock-'));
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(dir, { recursive: true });
});

function spawnIdle(): ChildProcess {
  child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
  return child;
}

describe('claimDirectory', () => {
  it('lets one of many in and names the owner to the others', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => claimDirectory(dir)));
    const refused = tries.flatMap((t) => (t.status === 'rejected' ? [t.reason as Error] : []));
    expect(refused).toHaveLength(7);
    for (const error of refused) {
      expect(error).toMatchObject({ code: 'WB_STORE_IN_USE' });
      expect(error.message).toContain(`process ${process.pid} `);
    }
  });

  it('is free again after release, and leaves nothing behind', async () => {
    await (
      await claimDirectory(dir)
    )();
    expect(await readdir(dir)).toEqual([]);
    const again = await claimDirectory(dir);
    expect(await readdir(dir)).toEqual(['stores.lock']);
    await again();
  });

  it('takes over from a dead owner, one winner among many', async () => {
    const idle = spawnIdle();
    const owner = identify(idle.pid ?? 0);
    idle.kill('SIGKILL');
    await once(idle, 'exit');
    await writeFile(path.join(dir, 'stores.lock'), JSON.stringify({ ...owner, since: 'then' }));
    const tries = await Promise.allSettled([1, 2, 3, 4].map(() => claimDirectory(dir)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('takes over when the number was given to another process since', async () => {
    const lock = { pid: process.pid, started: 'long ago', since: 'then' };
    await writeFile(path.join(dir, 'stores.lock'), JSON.stringify(lock));
    const release = await claimDirectory(dir);
    expect(await readFile(path.join(dir, 'stores.lock'), 'utf8')).not.toContain('long ago');
    await release();
  });

  it('takes over a lock that a full disk cut off', async () => {
    await writeFile(path.join(dir, 'stores.lock'), '{"pid":');
    const release = await claimDirectory(dir);
    expect(await readdir(dir)).toEqual(['stores.lock']);
    await release();
  });

  it('does not remove the lock of a successor', async () => {
    const release = await claimDirectory(dir);
    await writeFile(path.join(dir, 'stores.lock'), 'of somebody else');
    await release();
    expect(await readFile(path.join(dir, 'stores.lock'), 'utf8')).toBe('of somebody else');
  });
});

describe('identify', () => {
  it('knows a living process from a dead one and from a namesake', async () => {
    const idle = spawnIdle();
    const identity = identify(idle.pid ?? 0);
    if (identity === undefined) throw new Error('the child has no identity');
    expect(isAlive(identity)).toBe(true);
    expect(isAlive({ ...identity, started: `${identity.started}0` })).toBe(false);
    idle.kill('SIGKILL');
    await once(idle, 'exit');
    expect(isAlive(identity)).toBe(false);
    expect(identify(identity.pid)).toBeUndefined();
  });
});
