import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hmac, safeEqual, strictBase64, strictHex } from './crypto.js';

describe('safeEqual', () => {
  it('compares texts and bytes of any length', () => {
    expect(safeEqual('abc', Buffer.from('abc'))).toBe(true);
    expect(safeEqual('', '')).toBe(true);
    for (const other of ['abd', 'ab', 'abcd', '', 'ABC'])
      expect(safeEqual('abc', other)).toBe(false);
  });
});

describe('hmac', () => {
  it('is the HMAC of the parts put together, bytes untouched', () => {
    const bytes = Buffer.from([0xff, 0x00, 0xc3]);
    const wanted = createHmac('sha256', 'k')
      .update(Buffer.concat([Buffer.from('17.'), bytes]))
      .digest();
    expect(hmac('sha256', 'k', '17.', bytes)).toEqual(wanted);
  });

  it('gives the value of RFC 4231, test case 2', () => {
    expect(hmac('sha256', 'Jefe', 'what do ya want for nothing?').toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});

describe('strict decoders', () => {
  it('give back what was encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const buffer = Buffer.from(bytes);
        expect(strictHex(buffer.toString('hex'))).toEqual(buffer);
        expect(strictBase64(buffer.toString('base64'))).toEqual(buffer);
      }),
    );
  });

  it.each([undefined, '', 'a', 'abc', 'zz', '0x12', 'ab ', 'ab\n', ' ab', 'ab-cd'])(
    'refuse %p as hex',
    (text) => {
      expect(strictHex(text)).toBeUndefined();
    },
  );

  it.each([undefined, 'Q', 'QQ', 'QQ=', 'QQ==\n', 'QQ-_', 'Q=Q=', '====', ' QQ==', 'QUJD='])(
    'refuse %p as base64',
    (text) => {
      expect(strictBase64(text)).toBeUndefined();
    },
  );

  it('want the length that was asked for', () => {
    expect([strictHex('abcd', 2)?.length, strictHex('abcd', 3)]).toEqual([2, undefined]);
    expect([strictBase64('QUJD', 3)?.length, strictBase64('QUJD', 2)]).toEqual([3, undefined]);
  });
});
