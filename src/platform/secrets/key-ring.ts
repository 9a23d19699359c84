import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { existsSync } from 'node:fs';
import { loadKeyFile } from './key-file.js';

/** A key-encryption key: wraps the data keys of stored secrets, never encrypts a secret itself. */
export interface RingKey {
  /** Written beside everything it wraps. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

const BYTES = 32;
const ENTRY = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}):([A-Za-z0-9+/_=-]+)$/;

function readEntry(entry: string): RingKey | undefined {
  const [, id = '', text = ''] = ENTRY.exec(entry) ?? [];
  const key = Buffer.from(text, 'base64');
  return id !== '' && key.length === BYTES ? { id, key } : undefined;
}

const entriesOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/** One sentence per fault of a text such as `2026-11:base64,2025-03:base64`; none holds key material. */
export function keyRingFaults(text: unknown): readonly string[] {
  if (typeof text !== 'string') return ['must be a text'];
  const keys = entriesOf(text).map(readEntry);
  const ids = keys.flatMap((key) => key?.id ?? []);
  const wrong = keys.findIndex((key) => key === undefined);
  if (wrong >= 0)
    return [
      `must be id:key pairs with commas, each key 32 bytes in base64; number ${wrong + 1} is not`,
    ];
  return new Set(ids).size < ids.length ? ['must not use an id twice'] : [];
}

/** Made here and kept in a file: the id tells two such keys apart. */
function generated(): string {
  const key = randomBytes(BYTES);
  const id = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return `local-${id}:${key.toString('base64')}\n`;
}

const WHOLE = /^local-[0-9a-f]{8}:[A-Za-z0-9+/]{43}=$/;

/**
 * The key-encryption keys of this process, newest first: what is stored now goes under the first, what was stored before
 * opens under any. From `WAYBILL_SECRET_KEYS`, else from `<dataDir>/secret-keys` (0600), which is made when the first
 * secret is stored.
 */
export class KeyRing {
  private keys: readonly RingKey[];

  private constructor(
    keys: readonly RingKey[],
    private readonly file: string | null,
  ) {
    this.keys = keys;
  }

  /** Throws `KeyFileError` when the file holds no whole key. `given`: checked by `keyRingFaults`. */
  static open(dataDir: string, given: string | null): KeyRing {
    if (given !== null)
      return new KeyRing(
        entriesOf(given).flatMap((one) => readEntry(one) ?? []),
        null,
      );
    const file = path.join(dataDir, 'secret-keys');
    const ring = new KeyRing([], file);
    if (existsSync(file)) ring.load(file);
    return ring;
  }

  /** The keys came from the environment, so all replicas can have the same. */
  get shared(): boolean {
    return this.file === null;
  }

  get ids(): readonly string[] {
    return this.keys.map(({ id }) => id);
  }

  find(id: string): RingKey | undefined {
    return this.keys.find((key) => key.id === id);
  }

  /** The key for what is stored now; made if there is none yet. */
  newest(): RingKey {
    if (this.keys.length === 0 && this.file !== null) this.load(this.file);
    const [newest] = this.keys;
    if (!newest) throw new Error('the key ring is empty');
    return newest;
  }

  private load(file: string): void {
    const { value } = loadKeyFile({ file, whole: WHOLE, make: generated });
    this.keys = entriesOf(value).flatMap((entry) => readEntry(entry) ?? []);
  }
}
