import { spawn } from 'node:child_process';

/** What a finished command left behind. */
export interface CommandResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

/** Limits of a command: `idleMs` counts from its last output, `timeoutMs` from its start. */
export interface CommandOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  readonly idleMs?: number;
}

const KEPT = 64 * 1024;

/** Runs a command quietly and to its end. Rejects when it cannot be started or exceeds a limit. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env: options.env, stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { output: '', errors: '' };
    const end = (why: string) => {
      child.kill('SIGKILL');
      // Grandchildren may hold the pipes open: do not wait for them.
      child.stdout.destroy();
      child.stderr.destroy();
      reject(new Error(why));
    };
    const total = setTimeout(end, options.timeoutMs, `no end after ${seconds(options.timeoutMs)}`);
    const idleMs = options.idleMs ?? options.timeoutMs;
    const idle = setTimeout(end, idleMs, `no progress for ${seconds(idleMs)}`);
    const keep = (name: 'output' | 'errors') => (chunk: Buffer) => {
      idle.refresh();
      texts[name] = (texts[name] + chunk.toString()).slice(-KEPT);
    };
    child.stdout.on('data', keep('output'));
    child.stderr.on('data', keep('errors'));
    const done = () => {
      clearTimeout(total);
      clearTimeout(idle);
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('close', (code, signal) => {
      done();
      resolve({ code, signal, ...texts });
    });
  });
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
