import { hash, randomFillSync } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Every two letters, by the ten bits that they stand for. */
const PAIRS: readonly string[] = Array.from(
  { length: 1024 },
  (_unused, bits) => ALPHABET.charAt(bits >>> 5) + ALPHABET.charAt(bits & 31),
);

/** RFC 4648 base32, lower case, no padding. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    held = (held << 8) | (bytes[i] ?? 0);
    bits += 8;
    if (bits >= 10) {
      bits -= 10;
      text += PAIRS[held >>> bits];
      held &= (1 << bits) - 1;
    }
  }
  if (bits >= 5) {
    bits -= 5;
    text += ALPHABET.charAt(held >>> bits);
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET.charAt((held << (5 - bits)) & 31) : text;
}

const derive = (parts: readonly string[]): string =>
  base32(hash('sha256', JSON.stringify(parts), 'buffer'));

/** The same fact of the same account has the same id for ever: the unique `_id` is what counts an event once. */
export const eventId = (account: string, key: string): string => derive([account, key]);

/** The same thing told by the same account in the same words has the same id. */
export const draftId = (account: string, key: string, contentHash: string): string =>
  derive([account, key, contentHash, 'draft']);

/** One event for one target. It is also the idempotency id that every attempt carries. */
export const deliveryId = (event: string, target: string): string => derive([event, target]);

/** A deliberate re-send carries a nonce, so that it is a row of its own. */
export const replayId = (event: string, target: string, nonce: string): string =>
  derive([event, target, nonce]);

const pool = Buffer.alloc(4096);
let used = pool.length;

function random(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.subarray(used - bytes, used);
}

/** 128 random bits as text: tokens of claims, nonces, names of processes. */
export const randomId = (): string => base32(random(16));

/** Time-ordered unique id (48-bit epoch ms, then 80 random bits): sorts by birth, so `_id` alone pages through time. */
export function timeId(now: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(now, 0, 6);
  random(10).copy(bytes, 6);
  return hex32(bytes);
}

/** The smallest time id of a moment: the start of a range. */
export function timeIdFloor(now: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(Math.max(0, now), 0, 6);
  return hex32(bytes);
}

// base32's letters do not sort like its bytes ('2' < 'a'); hex does.
const hex32 = (bytes: Buffer): string => bytes.toString('hex');
