import { createDecipheriv, createHash } from 'node:crypto';
import { isRecord, parseJson, strictBase64, text, type Json } from '#contract';

/** The two base64 texts of an INS v6+ message. */
export interface Envelope {
  readonly notification: string;
  readonly iv: string;
}

const BLOCK = 16;
const MAX_BASE64 = 262_144;

/** The first 32 of the 40 hex digits of SHA-1(secret), used as 32 ASCII bytes: that is the AES-256 key. */
export const keyOf = (secret: string): Buffer =>
  Buffer.from(createHash('sha1').update(secret, 'utf8').digest('hex').slice(0, 32), 'latin1');

/** Deciphers without judging the padding, so that a wrong padding takes the same way as a wrong text. */
function decipher(envelope: Envelope, secret: string): Buffer | undefined {
  const iv = strictBase64(envelope.iv, BLOCK);
  const sealed = strictBase64(envelope.notification.slice(0, MAX_BASE64 + 1));
  if (!iv || !sealed || sealed.length === 0 || sealed.length % BLOCK !== 0) return undefined;
  const aes = createDecipheriv('aes-256-cbc', keyOf(secret), iv).setAutoPadding(false);
  return Buffer.concat([aes.update(sealed), aes.final()]);
}

/** PKCS#7: the number of padding bytes, 0 when the padding is wrong. */
function paddingOf(plain: Buffer): number {
  const size = plain[plain.length - 1] ?? 0;
  if (size < 1 || size > BLOCK) return 0;
  return plain.subarray(-size).every((byte) => byte === size) ? size : 0;
}

/** Older senders padded with control bytes and blanks; the vendor's samples strip them at both ends. */
function trimmed(bytes: Buffer): Buffer {
  let start = 0;
  let end = bytes.length;
  while (start < end && (bytes[start] ?? 0xff) <= 0x20) start += 1;
  while (end > start && (bytes[end - 1] ?? 0xff) <= 0x20) end -= 1;
  return bytes.subarray(start, end);
}

const TYPE = /^[A-Z][A-Z_-]{1,39}$/;

/**
 * There is no MAC: that the text is the JSON we expect is all the proof there is. Every flipped bit outside the
 * first block leaves sixteen random bytes, which strict UTF-8 refuses; the first block holds the name
 * `transactionTime` alone, so that must be there.
 */
const isMessage = (value: Json): value is { readonly [name: string]: Json } =>
  isRecord(value) &&
  text(value['transactionTime']) !== undefined &&
  TYPE.test(text(value['transactionType']) ?? '') &&
  text(value['vendor']) !== undefined;

/**
 * The message inside, or undefined: bad base64, length, padding, encoding, JSON or shape are not told apart, neither
 * by the answer nor by skipping work (padding oracle). Source: ClickBank's support page on the INS.
 */
export function openEnvelope(
  envelope: Envelope,
  secret: string,
): { readonly [name: string]: Json } | undefined {
  const plain = decipher(envelope, secret);
  if (!plain) return undefined;
  const padding = paddingOf(plain);
  const parsed = parseJson(trimmed(plain.subarray(0, plain.length - padding)));
  return padding > 0 && parsed.ok && isMessage(parsed.value) ? parsed.value : undefined;
}
