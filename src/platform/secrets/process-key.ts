import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import path from 'node:path';
import { loadKeyFile } from './key-file.js';

/** The key under which personal references are hashed. The same on every replica, or one customer becomes several. */
export class ProcessKey {
  private readonly key: KeyObject;

  constructor(key: Buffer) {
    // As an object the key is imported once, not once per hash.
    this.key = createSecretKey(key);
  }

  /** Keyed hash of a personal value, so that equal customers are equal and nobody can guess back. 32 hex digits. */
  hash(kind: 'customer' | 'email', value: string): string {
    return createHmac('sha256', this.key).update(`${kind}:${value}`).digest('hex').slice(0, 32);
  }
}

/** One of ours, whole; or a passphrase that a person put there, by the rule for `WAYBILL_KEY`. */
const WHOLE = /^(?:[0-9a-f]{64}|(?![0-9a-f]*$).{32,})$/s;

/**
 * `WAYBILL_KEY` (any text of 32 or more characters), else `<dataDir>/key`, made 0600 on first use. Replicas that share no
 * data directory must be given the same `WAYBILL_KEY`. Throws `KeyFileError` when the file holds no whole key: under an
 * empty one anybody could guess the hashes back, and under half of one every customer would be a new one.
 */
export function loadProcessKey(dataDir: string, given: string | undefined): ProcessKey {
  if (given !== undefined && given.length >= 32) return new ProcessKey(Buffer.from(given, 'utf8'));
  const file = path.join(dataDir, 'key');
  const make = (): string => randomBytes(32).toString('hex');
  const { value } = loadKeyFile({ file, whole: WHOLE, make });
  return new ProcessKey(Buffer.from(value, 'utf8'));
}
