import { Readable } from 'node:stream';
import type { Exit } from './exit.js';
import { Io, type Surroundings } from './io.js';
import { runCommandLine } from './run.js';

export interface Ran {
  readonly code: Exit;
  readonly out: string;
  readonly err: string;
}

/** What a test says about the world around a command. */
export interface World {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly stdin?: string | Readable;
  readonly terminal?: Surroundings['terminal'];
  readonly now?: () => number;
  readonly signal?: AbortSignal;
  /** Hears standard error as it is written. */
  readonly onErr?: (text: string) => void;
  /** Hears standard output as it is written. */
  readonly onOut?: (text: string) => void;
}

const NO_TERMINAL = { in: false, out: false, err: false };

const stdinOf = (given: World['stdin']): Readable =>
  given instanceof Readable
    ? given
    : Readable.from(given === undefined ? [] : [Buffer.from(given)]);

/** Runs one command line in this process; nothing of the real environment reaches it. */
export async function waybill(argv: readonly string[], world: World = {}): Promise<Ran> {
  const said = { out: '', err: '' };
  const io = new Io({
    out: (text) => {
      said.out += text;
      world.onOut?.(text);
    },
    err: (text) => {
      said.err += text;
      world.onErr?.(text);
    },
    stdin: stdinOf(world.stdin),
    terminal: world.terminal ?? NO_TERMINAL,
    columns: 100,
    env: world.env ?? {},
    cwd: world.cwd ?? '/nowhere',
    now: world.now ?? (() => Date.parse('2026-11-20T10:00:00.000Z')),
    signal: world.signal ?? new AbortController().signal,
  });
  return { code: await runCommandLine(argv, io), ...said };
}
