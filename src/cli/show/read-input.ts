import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { failure, messageOf, usageFault } from '../program/exit.js';
import type { Io } from '../program/io.js';

/** Standard input to its end, at most 64 MiB. */
const MOST_BYTES = 64 * 1024 * 1024;

export async function readStdin({ around }: Io): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of around.stdin) {
    const part = Buffer.from(chunk as Buffer | string);
    bytes += part.length;
    if (bytes > MOST_BYTES) throw failure('standard input holds more than 64 MiB');
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

/** The bytes of a file, or of standard input for `-`. */
export async function readInput(io: Io, name: string): Promise<Buffer> {
  if (name === '-') return readStdin(io);
  try {
    return readFileSync(path.resolve(io.around.cwd, name));
  } catch (error) {
    const { code = messageOf(error) } = error as NodeJS.ErrnoException;
    throw usageFault(`${name} cannot be read (${code})`);
  }
}

/** A JSON or YAML document (JSON is YAML). */
export async function readDocument(io: Io, name: string): Promise<unknown> {
  const text = (await readInput(io, name)).toString('utf8');
  try {
    return parse(text) as unknown;
  } catch (error) {
    // The first line only: what follows shows the text itself, which may hold a secret.
    const [line = ''] = messageOf(error).split('\n');
    throw failure(`${name === '-' ? 'standard input' : name} is neither JSON nor YAML: ${line}`);
  }
}
