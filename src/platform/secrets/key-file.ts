import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** A key in the data directory is unusable; the gateway must not start with it. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
  readonly code = 'WB_KEY_FILE';

  constructor(file: string, what: string, options?: { cause?: unknown }) {
    super(
      `WB_KEY_FILE: the key file ${file} ${what}. Put it back from a backup; or delete it, and a new one is made at the next start.`,
      options,
    );
  }
}

// Not `instanceof`: errors of Node's own modules may come from another realm (test runners, vm).
const codeOf = (error: unknown): unknown => (Object(error) as { code?: unknown }).code;

/** The answers of file systems without hard links. */
const NO_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

function place(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!NO_LINKS.has(codeOf(error))) throw error;
    copyFileSync(draft, file, constants.COPYFILE_EXCL);
  }
}

/**
 * Puts the text there whole, or not at all: a crash leaves no half of a key, and of two processes that start together on
 * one directory the second finds the first one's. False: somebody else was faster.
 */
function publish(file: string, text: string): boolean {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    place(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Undefined: there is none yet. */
function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new KeyFileError(file, `cannot be read (${String(codeOf(error))})`, { cause: error });
  }
}

export interface KeyFile {
  readonly file: string;
  /** What a key in this file looks like; anything else was cut short by a crash or a full disk. */
  readonly whole: RegExp;
  /** A new key with its line end, if any. */
  readonly make: () => string;
}

/**
 * The key kept in a file (0600), made at first use. Throws `KeyFileError` for one that is empty, cut or unreadable: it is
 * never replaced in silence, because people or hashes may depend on what it was.
 */
export function loadKeyFile({ file, whole, make }: KeyFile): { value: string; made: boolean } {
  const kept = contentOf(file);
  const made = kept === undefined && publish(file, make());
  const value = kept ?? contentOf(file) ?? '';
  if (whole.test(value)) return { value, made };
  throw new KeyFileError(file, value === '' ? 'is empty' : 'does not hold a whole key');
}
