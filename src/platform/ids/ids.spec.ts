import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { base32, deliveryId, eventId, randomId, replayId, timeId, timeIdFloor } from './ids.js';

/** RFC 4648 §6 by the book: the bits as one text, cut into fives. */
function reference(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const fives = bits.match(/.{1,5}/g) ?? [];
  return fives
    .map((five) =>
      'abcdefghijklmnopqrstuvwxyz234567'.charAt(Number.parseInt(five.padEnd(5, '0'), 2)),
    )
    .join('');
}

const times = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('base32', () => {
  it.each([
    ['', ''],
    ['f', 'my'],
    ['fo', 'mzxq'],
    ['foo', 'mzxw6'],
    ['foob', 'mzxw6yq'],
    ['fooba', 'mzxw6ytb'],
    ['foobar', 'mzxw6ytboi'],
  ])('of %p is %p (RFC 4648 §10)', (text, wanted) => {
    expect(base32(Buffer.from(text))).toBe(wanted);
  });

  it('is the reference for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(base32(bytes)).toBe(reference(bytes));
      }),
    );
  });
});

describe('derived ids', () => {
  it('are the hash of their parts, the same for ever', () => {
    const digest = createHash('sha256').update('["shop","SALE:1"]').digest();
    expect(eventId('shop', 'SALE:1')).toBe(reference(digest));
    expect(eventId('shop', 'SALE:1')).toMatch(/^[a-z2-7]{52}$/);
  });

  it('differ whenever the parts differ, however they are cut', () => {
    const texts = fc.array(fc.string(), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(texts, texts, ([a = '', b = ''], [c = '', d = '']) => {
        expect(eventId(a, b) === eventId(c, d)).toBe(a === c && b === d);
      }),
    );
    expect(eventId('a', 'b,"c')).not.toBe(eventId('a","b', 'c'));
    expect(replayId('e', 't', 'n')).not.toBe(deliveryId('e', 't'));
    expect(replayId('e', 't', 'n')).not.toBe(replayId('e', 't', 'm'));
  });
});

describe('random ids', () => {
  it('carry 128 bits and do not repeat across refills of the pool', () => {
    const ids = Array.from({ length: 5000 }, () => randomId());
    expect(ids.every((id) => /^[a-z2-7]{26}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('use every bit: no position keeps one letter', () => {
    const ids = Array.from({ length: 500 }, () => randomId());
    const seen = Array.from({ length: 25 }, (_u, i) => new Set(ids.map((id) => id[i])).size);
    expect(Math.min(...seen)).toBeGreaterThan(25);
  });
});

describe('time ids', () => {
  it('are unique, a hundred thousand within one millisecond', () => {
    const ids = new Set(Array.from({ length: 100_000 }, () => timeId(1_795_168_800_000)));
    expect(ids.size).toBe(100_000);
  });

  it('sort by their moment, and a floor stands before all of its moment', () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        expect(timeIdFloor(a) <= timeId(a)).toBe(true);
        if (a < b) {
          expect(timeId(a) < timeId(b)).toBe(true);
          expect(timeId(a) < timeIdFloor(b)).toBe(true);
        }
      }),
    );
  });

  it('have 32 hex digits, the first twelve the moment', () => {
    const id = timeId(0x0123456789ab);
    expect(id).toMatch(/^0123456789ab[0-9a-f]{20}$/);
    expect(timeIdFloor(-5)).toBe('0'.repeat(32));
  });
});
