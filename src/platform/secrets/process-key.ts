import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The key under which personal references are hashed. The same on every replica, or one customer becomes several. */
export class ProcessKey {
  constructor(private readonly key: Buffer) {}

  /** Keyed hash of a personal value, so that equal customers are equal and nobody can guess back. 32 hex digits. */
  hash(kind: 'customer' | 'email', value: string): string {
    return createHmac('sha256', this.key).update(`${kind}:${value}`).digest('hex').slice(0, 32);
  }
}

/**
 * `WAYBILL_KEY` (any text of 32 or more characters), else `<dataDir>/key`, made 0600 on first use. Replicas that share no
 * data directory must be given the same `WAYBILL_KEY`.
 */
export function loadProcessKey(dataDir: string, given: string | undefined): ProcessKey {
  if (given !== undefined && given.length >= 32) return new ProcessKey(Buffer.from(given, 'utf8'));
  const file = path.join(dataDir, 'key');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
  }
  return new ProcessKey(Buffer.from(readFileSync(file, 'utf8').trim(), 'utf8'));
}
