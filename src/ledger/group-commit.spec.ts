import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StoreAwayError } from '../platform/mongo/mongo-store.js';
import { BufferFullError, GroupCommit } from './group-commit.js';

type Results = readonly (string | Error)[];

/** A flush that ends when told to. */
class Flushes {
  readonly groups: (readonly number[])[] = [];
  private readonly ends: { resolve(results: Results): void; reject(error: Error): void }[] = [];

  readonly flush = (group: readonly number[]): Promise<Results> => {
    this.groups.push(group);
    return new Promise((resolve, reject) => this.ends.push({ resolve, reject }));
  };

  async end(results?: Results): Promise<void> {
    const { resolve } = this.ends.shift() ?? { resolve: () => undefined };
    resolve(results ?? (this.groups.at(-this.ends.length - 1) ?? []).map((one) => `r${one}`));
    await settled();
  }

  async fail(error: Error): Promise<void> {
    this.ends.shift()?.reject(error);
    await settled();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the group commit', () => {
  let flushes: Flushes;
  let commits: GroupCommit<number, string>;

  beforeEach(() => {
    flushes = new Flushes();
    commits = new GroupCommit(flushes.flush, { groupSize: 3, bufferSize: 5 });
  });

  it('puts what arrives in one tick into one group', async () => {
    const all = Promise.all([1, 2, 3].map((one) => commits.push(one)));
    await settled();
    expect(flushes.groups).toEqual([[1, 2, 3]]);
    await flushes.end();
    expect(await all).toEqual(['r1', 'r2', 'r3']);
  });

  it('has one flush on its way; who comes meanwhile shares the next', async () => {
    const first = commits.push(1);
    await settled();
    const later = [2, 3].map((one) => commits.push(one));
    await settled();
    const last = commits.push(4);
    await settled();
    expect([flushes.groups, commits.depth]).toEqual([[[1]], 3]);
    await flushes.end();
    expect(await first).toBe('r1');
    expect([flushes.groups, commits.depth]).toEqual([[[1], [2, 3, 4]], 0]);
    await flushes.end();
    expect(await Promise.all([...later, last])).toEqual(['r2', 'r3', 'r4']);
  });

  it('answers nobody before the flush has ended', async () => {
    let answered = false;
    const one = commits.push(1).then(() => (answered = true));
    await settled();
    expect(answered).toBe(false);
    await flushes.end();
    await one;
    expect(answered).toBe(true);
  });

  it('uses no timer', async () => {
    const timers = [
      jest.spyOn(globalThis, 'setTimeout'),
      jest.spyOn(globalThis, 'setInterval'),
    ] as const;
    const one = commits.push(1);
    // Only promises turn until the flush: not even the next turn of the event loop is waited for.
    for (let i = 0; i < 3; i += 1) await Promise.resolve();
    expect(flushes.groups).toEqual([[1]]);
    await flushes.end();
    await one;
    for (const timer of timers) {
      expect(timer).not.toHaveBeenCalled();
      timer.mockRestore();
    }
  });

  it('never makes a group larger than allowed', async () => {
    const all = [1, 2, 3, 4, 5].map((one) => commits.push(one));
    await settled();
    await flushes.end();
    await flushes.end();
    expect(flushes.groups).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(await Promise.all(all)).toHaveLength(5);
  });

  it('refuses at once when the buffer is full, and takes again when it is not', async () => {
    const first = commits.push(0);
    await settled();
    const waiting = [1, 2, 3, 4, 5].map((one) => commits.push(one));
    await expect(commits.push(6)).rejects.toThrow(BufferFullError);
    await expect(commits.push(7)).rejects.toMatchObject({ code: 'WB_STORE_BUSY' });
    await flushes.end();
    const again = commits.push(8);
    await flushes.end();
    await flushes.end();
    expect(await Promise.all([first, ...waiting, again])).toHaveLength(7);
    expect(flushes.groups.flat()).toEqual([0, 1, 2, 3, 4, 5, 8]);
  });

  it('holds 4096 requests by default and flushes 512 at a time', async () => {
    const wide = new GroupCommit(flushes.flush);
    const all = Array.from({ length: 4096 }, (_unused, i) => wide.push(i));
    await expect(wide.push(-1)).rejects.toThrow(BufferFullError);
    for (let i = 0; i < 8; i += 1) {
      await settled();
      await flushes.end();
    }
    expect(flushes.groups.map((group) => group.length)).toEqual(
      Array.from({ length: 8 }, () => 512),
    );
    expect(await Promise.all(all)).toHaveLength(4096);
  });

  it('lets one error of a request fail that request alone', async () => {
    const all = Promise.allSettled([1, 2, 3].map((one) => commits.push(one)));
    await settled();
    await flushes.end(['r1', new Error('this one'), 'r3']);
    expect((await all).map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('takes a missing answer for a failure, never for success', async () => {
    const all = Promise.allSettled([1, 2].map((one) => commits.push(one)));
    await settled();
    await flushes.end(['r1']);
    expect((await all)[1]).toMatchObject({ status: 'rejected', reason: new StoreAwayError() });
  });

  it('goes on after a flush that failed as a whole', async () => {
    const lost = Promise.allSettled([1, 2].map((one) => commits.push(one)));
    await settled();
    const next = commits.push(3);
    await flushes.fail(new Error('away'));
    expect((await lost).map((one) => one.status)).toEqual(['rejected', 'rejected']);
    await flushes.end();
    expect(await next).toBe('r3');
  });

  it('is idle only when nothing waits and nothing is on its way', async () => {
    await commits.idle();
    let idle = false;
    const all = [1, 2, 3, 4].map((one) => commits.push(one));
    const waiting = commits.idle().then(() => (idle = true));
    await settled();
    await flushes.end();
    expect(idle).toBe(false);
    await flushes.end();
    await Promise.all(all);
    await waiting;
    expect([idle, commits.depth]).toEqual([true, 0]);
  });
});
