import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { loadKeyFile } from './key-file.js';

/** Lets secret scanners recognise our keys. */
const PREFIX = 'wbk_';

/** One of ours, whole; or one that a person put there, by the rule for `WAYBILL_ADMIN_KEY`. */
const WHOLE = new RegExp(`^(?:${PREFIX}[\\w-]{43}|(?!${PREFIX})[\\x21-\\x7e]{16,})$`);

export interface AdminKey {
  readonly value: string;
  /** Where it is kept; null when it came from the environment. */
  readonly file: string | null;
  /** Made just now: the person at the terminal has not seen it yet. */
  readonly made: boolean;
}

/**
 * `WAYBILL_ADMIN_KEY`, else `<dataDir>/admin-key` (0600), made at the first start. Throws `KeyFileError` when the file
 * holds no whole key: an empty one would let everybody in.
 */
export function loadAdminKey(dataDir: string, given: string | null): AdminKey {
  if (given !== null) return { value: given, file: null, made: false };
  const file = path.join(dataDir, 'admin-key');
  const make = (): string => `${PREFIX}${randomBytes(32).toString('base64url')}\n`;
  return { ...loadKeyFile({ file, whole: WHOLE, make }), file };
}
