import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Lets secret scanners recognise our keys. */
const PREFIX = 'wbk_';

export interface AdminKey {
  readonly value: string;
  /** Where it is kept; null when it came from the environment. */
  readonly file: string | null;
  /** Made just now: the person at the terminal has not seen it yet. */
  readonly made: boolean;
}

/** `WAYBILL_ADMIN_KEY`, else `<dataDir>/admin-key` (0600), made at the first start. */
export function loadAdminKey(dataDir: string, given: string | null): AdminKey {
  if (given !== null) return { value: given, file: null, made: false };
  const file = path.join(dataDir, 'admin-key');
  if (existsSync(file)) return { value: readFileSync(file, 'utf8').trim(), file, made: false };
  const value = `${PREFIX}${randomBytes(32).toString('base64url')}`;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${value}\n`, { mode: 0o600, flag: 'wx' });
  return { value, file, made: true };
}
