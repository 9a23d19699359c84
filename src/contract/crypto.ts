import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

const bytesOf = (value: string | Buffer): Buffer =>
  typeof value === 'string' ? Buffer.from(value, 'utf8') : value;

/** Comparison of two texts or byte strings in a time that tells nothing but whether their lengths differ. */
export function safeEqual(a: string | Buffer, b: string | Buffer): boolean {
  const [left, right] = [bytesOf(a), bytesOf(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** HMAC over the parts in order. Parts are fed one by one, so raw bytes are never re-encoded. */
export function hmac(
  algorithm: 'sha1' | 'sha256' | 'sha512',
  key: string | Buffer,
  ...parts: readonly (string | Buffer)[]
): Buffer {
  // A key given as bytes is imported anew on every call, which costs six times the hashing; a key object is not.
  const mac = createHmac(algorithm, typeof key === 'string' ? key : createSecretKey(key));
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** Bytes of a hex text, or undefined when it is not strictly hex of that many bytes: Node's own decoder ignores junk. */
export function strictHex(text: string | undefined, bytes?: number): Buffer | undefined {
  if (text === undefined || !/^(?:[0-9a-fA-F]{2})+$/.test(text)) return undefined;
  const decoded = Buffer.from(text, 'hex');
  return bytes === undefined || decoded.length === bytes ? decoded : undefined;
}

/** Bytes of a padded base64 text, or undefined when it is not strictly base64. */
export function strictBase64(text: string | undefined, bytes?: number): Buffer | undefined {
  if (
    text === undefined ||
    !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
  ) {
    return undefined;
  }
  const decoded = Buffer.from(text, 'base64');
  return bytes === undefined || decoded.length === bytes ? decoded : undefined;
}
