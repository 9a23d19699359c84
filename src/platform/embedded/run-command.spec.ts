import { describe, expect, it } from '@jest/globals';
import { runCommand } from './run-command.js';

const node = (script: string, limits: { timeoutMs: number; idleMs?: number }) =>
  runCommand(process.execPath, ['-e', script], { env: {}, ...limits });

describe('runCommand', () => {
  it('answers exit code and both outputs', async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
    expect(await node(script, { timeoutMs: 20_000 })).toEqual({
      code: 3,
      signal: null,
      output: 'out\n',
      errors: 'err\n',
    });
  });

  it('ends a command that makes no progress', async () => {
    const script = 'console.log("once"); setInterval(() => 0, 1000)';
    await expect(node(script, { timeoutMs: 20_000, idleMs: 700 })).rejects.toThrow('no progress');
  });

  it('lets a slow command that makes progress live beyond the idle limit', async () => {
    const script =
      'let n = 0; const t = setInterval(() => { console.log(n); if (++n > 5) clearInterval(t) }, 300)';
    const result = await node(script, { timeoutMs: 20_000, idleMs: 1200 });
    expect(result.output).toBe('0\n1\n2\n3\n4\n5\n');
  });

  it('ends even a busy command at its time limit', async () => {
    const script = 'setInterval(() => console.log("x"), 50)';
    await expect(node(script, { timeoutMs: 700, idleMs: 20_000 })).rejects.toThrow('no end after');
  });

  it('rejects when the program does not exist', async () => {
    const run = runCommand('/nowhere/program', [], { env: {}, timeoutMs: 1000 });
    await expect(run).rejects.toThrow('ENOENT');
  });
});
