import { describe, expect, it } from '@jest/globals';
import { isOurs, isPersonal, mintClickId } from './click-id.js';

describe('a minted click id', () => {
  it('is unique among 100,000, 26 lower-case letters and digits, and known as ours', () => {
    const ids = new Set(Array.from({ length: 100_000 }, mintClickId));
    expect(ids.size).toBe(100_000);
    for (const id of ids) if (!/^[a-z2-7]{26}$/.test(id) || !isOurs(id)) throw new Error(id);
  });

  it('holds 128 random bits: every letter takes all values, the last one eight', () => {
    const ids = Array.from({ length: 5000 }, mintClickId);
    const values = Array.from({ length: 26 }, (_unused, at) => new Set(ids.map((id) => id[at])));
    expect(values.map(({ size }) => size)).toEqual([...Array.from({ length: 25 }, () => 32), 8]);
  });

  it.each(['', 'clk1', 'a'.repeat(26) + 'a', 'A'.repeat(26), `${'a'.repeat(25)}b`, '0'.repeat(26)])(
    'is not %p',
    (other) => expect(isOurs(other)).toBe(false),
  );
});

describe('personal data', () => {
  it.each(['a@b.example', '203.0.113.9', '2001:db8::1', '[2001:db8::1]'])('is %p', (text) =>
    expect(isPersonal(text)).toBe(true),
  );
  it.each(['clk', '1.2.3', 'v1.2.3.4-beta', '12:34:56', '@'])('is not %p', (text) =>
    expect(isPersonal(text)).toBe(false),
  );
});
