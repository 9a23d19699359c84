/** Every order that was made by this command begins with this: it can be told from real ones in every list. */
export const MARK = 'WBT';

/** Letters and digits that nobody mistakes for one another. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** The mark, and ten letters and digits made of ten random bytes. */
export const marked = (random: Uint8Array): string =>
  MARK + [...random.subarray(0, 10)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
