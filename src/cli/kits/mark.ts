import { randomBytes } from 'node:crypto';

/** Every order that was made by this command begins with this: it can be told from real ones in every list. */
export const MARK = 'WBT';

const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** The mark and ten random letters and digits that nobody mistakes for one another. */
export const base32Like = (): string =>
  MARK + [...randomBytes(10)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
