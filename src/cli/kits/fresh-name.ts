import { createHash } from 'node:crypto';
import { marked } from './mark.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Ids whose length or first letters mean something, as Salesforce's do. */
const SHAPED = /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9]{15,}$/;
const KEPT = 3;

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';

/** Each character by one of its own kind. */
function shaped(name: string, random: Uint8Array, letters: string): string {
  const of = (alphabet: string, at: number): string =>
    alphabet[(random[at % random.length] ?? 0) % alphabet.length] ?? '';
  return Array.from(name)
    .map((character, at) => {
      if (/\d/.test(character)) return of(DIGITS, at);
      if (/[a-z]/.test(character)) return of(letters, at);
      return /[A-Z]/.test(character) ? of(letters, at).toUpperCase() : character;
    })
    .join('');
}

/**
 * A name of the same kind: digits stay digits, an id of a fixed shape keeps it, a prefix such as `pi_` stays; any other
 * begins with the mark. The same seed gives the same name, so that a refund of a named order has every name that its
 * sale had.
 */
export function freshName(name: string, seed: string): string {
  const random = createHash('sha256').update(`${seed}|${name}`).digest();
  if (/^\d+$/.test(name)) {
    const digits = shaped('0'.repeat(Math.max(name.length, 9) - 1), random, '');
    return `9${digits}`;
  }
  if (UUID.test(name)) return shaped(name, random, 'abcdef');
  if (SHAPED.test(name)) return name.slice(0, KEPT) + shaped(name.slice(KEPT), random, LOWER);
  const prefix = /^[A-Za-z]{1,8}_/.exec(name)?.[0] ?? '';
  return `${prefix}${marked(random)}`;
}
