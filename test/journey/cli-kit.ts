import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The built `waybill` command as a process of its own, as users run it, and everything that it has ever said. */
export class CommandLine {
  /** What was written by every call so far. */
  readonly said: string[] = [];

  constructor(
    private readonly cwd: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  async run(words: readonly string[], more: { stdin?: string; env?: object } = {}): Promise<Ran> {
    const main = path.join(ROOT, 'dist/src/cli/main.js');
    const child = spawn(process.execPath, [main, ...words], {
      cwd: this.cwd,
      env: { PATH: process.env['PATH'] ?? '', ...this.env, ...more.env },
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
    child.stdin.end(more.stdin ?? '');
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    this.said.push(out, err);
    return { code, out, err };
  }
}
