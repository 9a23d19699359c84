import { Io } from './io.js';

/** The first signal ends the command in order; a second one ends it at once. */
function signalled(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => controller.abort());
  }
  // The reader of our output is gone (`| head`): end in order instead of breaking off.
  process.stdout.on('error', () => controller.abort());
  process.stderr.on('error', () => controller.abort());
  return controller.signal;
}

/** The real surroundings. */
export const processIo = (): Io =>
  new Io({
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    stdin: process.stdin,
    terminal: {
      in: process.stdin.isTTY === true,
      out: process.stdout.isTTY === true,
      err: process.stderr.isTTY === true,
    },
    columns: process.stdout.columns || 100,
    env: process.env,
    cwd: process.cwd(),
    now: () => Date.now(),
    signal: signalled(),
  });
