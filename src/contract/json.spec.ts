import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, MAX_DEPTH, MAX_NAMES, parseJson } from './json.js';

const parse = (text: string) => parseJson(Buffer.from(text, 'utf8'));

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 5 }).filter((text) => !/\d{16,}/.test(text)),
        (text) => {
          expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
        },
      ),
    );
  });

  it('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(typeof parseJson(Buffer.from(bytes)).ok).toBe('boolean');
      }),
    );
  });

  it.each([
    ['', 'empty'],
    ['{', 'malformed'],
    ['{"a":1,}', 'malformed'],
    ["{'a':1}", 'malformed'],
    ['\ufeff{}', 'malformed'],
    ['NaN', 'malformed'],
    [`${']'.repeat(50)}${nested(50)}`, 'malformed'],
  ])('refuses %p as %s', (text, fault) => {
    const found = parse(text);
    // A text that closes before it opens hides its depth from the count; the parser refuses it at its first byte.
    expect(found).toEqual({ ok: false, fault });
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(parseJson(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toEqual({
      ok: false,
      fault: 'malformed',
    });
  });

  it('stops at its depth, and takes a million levels in its stride', () => {
    expect(parse(nested(MAX_DEPTH)).ok).toBe(true);
    expect(parse(nested(MAX_DEPTH + 1))).toEqual({ ok: false, fault: 'too-deep' });
    expect(parse(nested(1_000_000))).toEqual({ ok: false, fault: 'too-deep' });
    expect(parse('{"a":'.repeat(1_000_000))).toEqual({ ok: false, fault: 'too-deep' });
  });

  it('counts names, but neither brackets nor colons inside texts', () => {
    const names = (count: number): string =>
      `{${Array.from({ length: count }, (_none, at) => `"n${at}":0`).join(',')}}`;
    expect(parse(names(MAX_NAMES)).ok).toBe(true);
    expect(parse(names(MAX_NAMES + 1))).toEqual({ ok: false, fault: 'too-deep' });
    expect(parse(JSON.stringify(`${'['.repeat(100)}"\\":`)).ok).toBe(true);
  });

  it('keeps integers beyond 2^53 as text, apart from each other', () => {
    expect(
      parse('[9007199254740993,9007199254740992,-12345678901234567890,9007199254740991]'),
    ).toEqual({
      ok: true,
      value: ['9007199254740993', '9007199254740992', '-12345678901234567890', 9007199254740991],
    });
  });

  it('leaves long decimals numbers', () => {
    const value = [1.0025170277282771e-164, 0.12345678901234568];
    expect(parse('[1.0025170277282771e-164,0.12345678901234568]')).toEqual({ ok: true, value });
  });

  it('keeps digits inside texts as they are', () => {
    expect(parse('{"id":"9007199254740993","n":1.5}')).toEqual({
      ok: true,
      value: { id: '9007199254740993', n: 1.5 },
    });
  });

  it('keeps __proto__ as an own name and pollutes nothing', () => {
    for (const text of [
      '{"__proto__":{"admin":true}}',
      '{"__proto__":{"admin":true},"n":12345678901234567890}',
    ]) {
      const found = parse(text);
      expect(found.ok && Object.hasOwn(found.value as object, '__proto__')).toBe(true);
      expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    }
  });
});

describe('canonicalJson', () => {
  it('is the same for equal values in any order of names', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe(
      '{"b":[1,{"c":"x","d":null}]}',
    );
    expect(canonicalJson({ x: 1, a: 2 })).toBe(canonicalJson({ a: 2, x: 1 }));
  });

  it('is itself JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
