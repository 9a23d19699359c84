import { describe, expect, it } from '@jest/globals';
import { BlockOutput, type Writing } from './block-output.js';

type Fault = 'ENOSPC' | 'EAGAIN' | 'EPIPE';

/** A disk with so much room, or with a fault. Writes end when `turn` is called. */
function disk(room = Infinity) {
  const state = { text: '', room, fault: undefined as Fault | undefined, calls: 0 };
  const pending: (() => void)[] = [];
  const take = (block: Buffer): number => {
    state.calls += 1;
    const code = state.fault ?? (state.room === 0 ? 'ENOSPC' : undefined);
    if (code !== undefined) throw Object.assign(new Error(code), { code });
    const n = Math.min(state.room, block.length);
    state.text += block.subarray(0, n).toString();
    state.room -= n;
    return n;
  };
  const fs: Writing = {
    write: (_fd, block, done) =>
      pending.push(() => {
        try {
          done(null, take(block));
        } catch (error) {
          done(error as NodeJS.ErrnoException, 0);
        }
      }),
    writeSync: (_fd, block) => take(block),
  };
  const turn = (): void => {
    while (pending.length > 0) pending.shift()?.();
  };
  return { state, fs, turn };
}

const line = (n: number): string => `${JSON.stringify({ n, pad: 'x'.repeat(90) })}\n`;
const numbers = (text: string): number[] =>
  text
    .trim()
    .split('\n')
    .map((one) => (JSON.parse(one) as { n: number }).n);

describe('the output of the log', () => {
  it('writes in blocks, whole lines in order', () => {
    const { state, fs, turn } = disk();
    const output = new BlockOutput(1, fs);
    for (let n = 0; n < 30; n += 1) output.write(line(n));
    turn();
    expect([state.calls, state.text]).toEqual([0, '']);
    for (let n = 30; n < 100; n += 1) output.write(line(n));
    turn();
    expect(state.calls).toBeLessThan(4);
    expect(state.text).not.toBe('');
    for (let n = 100; n < 105; n += 1) output.write(line(n));
    let flushed = false;
    output.flush(() => (flushed = true));
    expect(flushed).toBe(false);
    turn();
    expect(flushed).toBe(true);
    expect(numbers(state.text)).toEqual(Array.from({ length: 105 }, (_, n) => n));
  });

  it('says at once that nothing is left to write', () => {
    const output = new BlockOutput(1, disk().fs);
    let flushed = false;
    output.flush(() => (flushed = true));
    expect(flushed).toBe(true);
  });

  it('lives on with a full disk, and finishes the torn line when there is room again', () => {
    const { state, fs, turn } = disk(250);
    const output = new BlockOutput(1, fs);
    let given = 0;
    for (let n = 0; n < 50; n += 1) output.write(line(n));
    output.flush(() => (given += 1));
    turn();
    expect([given, state.text.length]).toEqual([1, 250]);
    state.room = Infinity;
    output.flush();
    turn();
    expect(numbers(state.text)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  it('keeps a bounded number of lines for that, and says afterwards how many were lost', () => {
    const { state, fs, turn } = disk(0);
    const output = new BlockOutput(1, fs);
    const total = 20_000;
    for (let n = 0; n < total; n += 1) {
      output.write(line(n));
      if (n % 100 === 0) turn();
    }
    state.room = Infinity;
    output.flush();
    turn();
    expect(state.text.length).toBeLessThan(1_050_000);
    const kept = numbers(state.text).filter((n) => n !== undefined).length;
    const last = JSON.parse(state.text.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect(last).toMatchObject({ level: 'warn', lines: total - kept });
  });

  it('tries again later where the reader is only slow', async () => {
    const { state, fs, turn } = disk();
    const output = new BlockOutput(1, fs);
    state.fault = 'EAGAIN';
    output.write(line(1));
    const flushed = new Promise<void>((resolve) => output.flush(resolve));
    turn();
    state.fault = undefined;
    const timer = setInterval(turn, 5);
    await flushed;
    clearInterval(timer);
    expect(numbers(state.text)).toEqual([1]);
  });

  it('ends with what is left to say, in one try however the disk is', () => {
    const good = disk();
    const output = new BlockOutput(1, good.fs);
    output.write(line(7));
    output.end();
    expect(numbers(good.state.text)).toEqual([7]);
    const full = disk(0);
    const stuck = new BlockOutput(1, full.fs);
    stuck.write(line(8));
    stuck.end();
    expect(full.state.calls).toBe(1);
  });
});
