import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing, RingKey } from './key-ring.js';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** AES-256-GCM: 96 random bits of IV, the ciphertext, a tag of 128 bits. Base64. */
export interface Sealed {
  readonly iv: string;
  readonly tag: string;
  readonly text: string;
}

/** The data key of one object, encrypted under the key-encryption key named `kek`. */
export interface WrappedKey extends Sealed {
  readonly kek: string;
}

/** A stored secret cannot be opened. The message names ids, never content. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/** What a ciphertext is bound to: moved to another kind, id or field it does not open. */
export type Place = readonly [kind: string, id: string, field: string];

const aad = (place: Place): Buffer => Buffer.from(place.join('|'), 'utf8');

export function seal(key: Buffer, plain: Buffer, place: Place): Sealed {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad(place));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return {
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    text: text.toString('base64'),
  };
}

/** Throws `SealError` for another key, another place, or any changed bit. */
export function unseal(key: Buffer, sealed: Sealed, place: Place): Buffer {
  try {
    const iv = Buffer.from(sealed.iv, 'base64');
    // With its length fixed a shorter tag is refused; otherwise it would be checked only as far as it goes.
    const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(aad(place));
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(sealed.text, 'base64')), decipher.final()]);
  } catch (cause) {
    throw new SealError(`${place.join(' ')} does not open`, { cause });
  }
}

/** The field under which a data key itself is bound. */
const DATA_KEY = 'data-key';

const keyPlace = (kind: string, id: string): Place => [kind, id, DATA_KEY];

export const wrap = (by: RingKey, dataKey: Buffer, kind: string, id: string): WrappedKey => ({
  kek: by.id,
  ...seal(by.key, dataKey, keyPlace(kind, id)),
});

/** Throws `SealError` when the ring has no such key, or another one under that id. */
export function unwrap(ring: KeyRing, wrapped: WrappedKey, kind: string, id: string): Buffer {
  const by = ring.find(wrapped.kek);
  if (!by)
    throw new SealError(
      `${kind} ${id} was sealed under the key "${wrapped.kek}", which is not there`,
    );
  return unseal(by.key, wrapped, keyPlace(kind, id));
}

export const newDataKey = (): Buffer => randomBytes(KEY_BYTES);
