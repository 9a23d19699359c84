import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliFault, EXIT, usageFault } from '../program/exit.js';
import type { Io } from '../program/io.js';

/** Whether there is a person to ask. */
export const canAsk = ({ around }: Io): boolean => around.terminal.in && around.terminal.err;

const interrupted = (): CliFault => new CliFault(EXIT.interrupted, 'WB_CLI_FAILED', 'stopped');

/** One line from the terminal. What is typed for a secret is not shown. */
export async function ask(io: Io, question: string, secret = false): Promise<string> {
  const { err, stdin, signal } = io.around;
  err(question);
  const echo = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      // Readline writes the typed characters; of a secret only the end of the line is let through.
      if (!secret) err(String(chunk));
      done();
    },
  });
  const lines = createInterface({ input: stdin, output: echo, terminal: true, historySize: 0 });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('close', () => reject(interrupted()));
      lines.once('SIGINT', () => reject(interrupted()));
      signal.addEventListener('abort', () => reject(interrupted()), { once: true });
    });
  } finally {
    lines.close();
    if (secret) err('\n');
  }
}

/**
 * Before something that cannot be taken back: asks on a terminal, and elsewhere wants `--yes`. Throws when the answer
 * is no.
 */
export async function confirm(io: Io, yes: boolean, question: string): Promise<void> {
  if (yes) return;
  if (!canAsk(io)) throw usageFault(question, 'there is no terminal to ask on: say --yes if so');
  const answer = await ask(io, `${question} [y/N] `);
  if (/^y(?:es)?$/i.test(answer.trim())) return;
  throw new CliFault(EXIT.failed, 'WB_CLI_FAILED', 'nothing was done');
}
