import { execFile } from 'node:child_process';
import path from 'node:path';

/** What a program of the gateway's that does one thing and ends has said. */
export interface Errand {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

/** Runs `dist/src/<name>.js` of the package under test to its end, on these stores. */
export function runErrand(
  root: string,
  name: 'backup' | 'restore' | 'main',
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Errand> {
  const began = performance.now();
  const file = path.join(root, 'dist/src', `${name}.js`);
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(process.execPath, [file, ...words], options, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err, ms: performance.now() - began }),
    );
  });
}
