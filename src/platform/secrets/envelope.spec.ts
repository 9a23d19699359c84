import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  newDataKey,
  seal,
  SealError,
  unseal,
  unwrap,
  wrap,
  type Place,
  type Sealed,
} from './envelope.js';
import { KeyRing, keyRingFaults } from './key-ring.js';

const entry = (id: string, fill: number, bytes = 32) =>
  `${id}:${Buffer.alloc(bytes, fill).toString('base64')}`;
const ring = (text: string) => KeyRing.open('/nowhere', text);
const PLACE: Place = ['accounts', 'shop', '["credentials","secret"]'];

describe('an envelope', () => {
  it('opens with its key at its place, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (text, bytes) => {
          const key = Buffer.from(bytes);
          const plain = Buffer.from(text);
          expect(unseal(key, seal(key, plain, PLACE), PLACE).equals(plain)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('never uses an IV twice, and has 96 bits of it and a tag of 128', () => {
    const key = newDataKey();
    const all = Array.from({ length: 1000 }, () => seal(key, Buffer.from('x'), PLACE));
    expect(new Set(all.map(({ iv }) => iv)).size).toBe(1000);
    expect(Buffer.from(all[0]?.iv ?? '', 'base64')).toHaveLength(12);
    expect(Buffer.from(all[0]?.tag ?? '', 'base64')).toHaveLength(16);
  });

  it('does not open for another key, at another place, or with any bit changed', () => {
    const key = newDataKey();
    const sealed = seal(key, Buffer.from('a secret text'), PLACE);
    const fails = (other: Sealed, place: Place = PLACE, by = key) =>
      expect(() => unseal(by, other, place)).toThrow(SealError);
    fails(sealed, PLACE, newDataKey());
    for (const at of [0, 1, 2]) fails(sealed, PLACE.with(at, 'x') as unknown as Place);
    for (const part of ['iv', 'tag', 'text'] as const) {
      const bytes = Buffer.from(sealed[part], 'base64');
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        fails({ ...sealed, [part]: changed.toString('base64') });
      }
    }
    // A cut tag would be checked only as far as it goes.
    fails({ ...sealed, tag: Buffer.from(sealed.tag, 'base64').subarray(0, 4).toString('base64') });
  });

  it('has a data key that only its own key-encryption key opens, for its own object', () => {
    const [a, b] = [ring(entry('a', 1)), ring(entry('b', 2))];
    const key = newDataKey();
    const wrapped = wrap(a.newest(), key, 'accounts', 'shop');
    expect(unwrap(a, wrapped, 'accounts', 'shop').equals(key)).toBe(true);
    expect(() => unwrap(b, wrapped, 'accounts', 'shop')).toThrow(
      /under the key "a", which is not there/,
    );
    expect(() => unwrap(a, wrapped, 'accounts', 'other')).toThrow(SealError);
    expect(() => unwrap(ring(entry('a', 3)), wrapped, 'accounts', 'shop')).toThrow(SealError);
    expect(
      unwrap(ring(`${entry('b', 2)},${entry('a', 1)}`), wrapped, 'accounts', 'shop').equals(key),
    ).toBe(true);
  });
});

describe('the key ring', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'waybill-ring-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('has the newest key first', () => {
    const both = ring(` ${entry('new', 1)} , ${entry('old', 2)} `);
    expect([both.newest().id, both.ids, both.shared]).toEqual(['new', ['new', 'old'], true]);
  });

  it.each([
    ['', []],
    [entry('a', 1), []],
    [`${entry('a', 1)},${entry('a', 2)}`, ['must not use an id twice']],
    [`${entry('a', 1)},${entry('b', 2, 16)}`, [expect.stringContaining('number 2 is not')]],
    ['a', [expect.stringContaining('number 1 is not')]],
    [':AAAA', [expect.stringContaining('number 1 is not')]],
    [7, ['must be a text']],
  ])('of %p has the faults %p', (text, faults) => {
    expect(keyRingFaults(text)).toEqual(faults);
  });

  it('without a variable makes a key when the first secret comes, for nobody else to read, and finds it again', () => {
    const file = path.join(dir, 'secret-keys');
    const first = KeyRing.open(dir, null);
    expect([first.ids, existsSync(file), first.shared]).toEqual([[], false, false]);
    const { id, key } = first.newest();
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect(KeyRing.open(dir, null).newest()).toEqual({ id, key });
    expect(key).toHaveLength(32);
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20));
    expect(() => KeyRing.open(dir, null)).toThrow(/^WB_KEY_FILE/);
  });
});
