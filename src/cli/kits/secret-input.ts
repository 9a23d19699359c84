import { readFileSync } from 'node:fs';
import path from 'node:path';
import { failure, messageOf, usageFault } from '../program/exit.js';
import type { Io } from '../program/io.js';
import { readStdin } from '../show/read-input.js';

const ending = (text: string): string => text.replace(/\r?\n$/, '');

/** The content of a secret file without its last line break. The fault holds the path, never the content. */
export function secretFile(io: Io, file: string): string {
  try {
    return ending(readFileSync(path.resolve(io.around.cwd, file), 'utf8'));
  } catch (error) {
    const { code = messageOf(error) } = error as NodeJS.ErrnoException;
    throw failure(`the secret file ${file} cannot be read (${code})`);
  }
}

/**
 * A secret from where the user keeps it: `env:VARIABLE`, `file:PATH`, or `-` for standard input. It is masked in
 * everything that is said from then on.
 */
export async function readSecretFrom(io: Io, name: string, from: string): Promise<string> {
  const secret = await fetched(io, name, from);
  if (secret === '') throw failure(`the secret ${name} is empty`, `look at ${from}`);
  io.keep(secret);
  return secret;
}

async function fetched(io: Io, name: string, from: string): Promise<string> {
  if (from === '-') return ending((await readStdin(io)).toString('utf8'));
  const [, kind = '', where = ''] = /^(env|file):(.+)$/s.exec(from) ?? [];
  if (kind === 'file') return secretFile(io, where);
  if (kind === 'env') {
    const value = io.around.env[where];
    if (value !== undefined && value !== '') return value;
    throw failure(`the environment variable ${where} is not set`, `export ${where}=…`);
  }
  // What was given instead may be the secret itself: it is not repeated.
  throw usageFault(
    `--secret ${name}=… says where the secret is, never what it is`,
    `use ${name}=env:VARIABLE, ${name}=file:PATH or ${name}=- (standard input)`,
  );
}
