import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  duplicateName,
  formRecord,
  MAX_FIELDS,
  parseForm,
  parseFormText,
  type Form,
} from './form.js';

const read = (text: string): Form => {
  const parsed = parseFormText(text);
  if (!parsed.ok) throw new Error(parsed.fault);
  return parsed.value;
};

describe('parseForm', () => {
  it('reads what URLSearchParams writes', () => {
    const pairs = fc.array(
      fc.tuple(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ unit: 'binary' })),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(pairs, (fields) => {
        const text = new URLSearchParams(fields).toString();
        expect(parseForm(Buffer.from(text))).toEqual({ ok: true, value: fields });
      }),
    );
  });

  it.each([
    [
      'a=1&b=x+y%20z',
      [
        ['a', '1'],
        ['b', 'x y z'],
      ],
    ],
    [
      'items[0][sku]=A&items%5B1%5D=B',
      [
        ['items[0][sku]', 'A'],
        ['items[1]', 'B'],
      ],
    ],
    [
      'a&b=&=c&&d=1=2',
      [
        ['a', ''],
        ['b', ''],
        ['', 'c'],
        ['d', '1=2'],
      ],
    ],
    ['%C3%A4=%E2%82%AC', [['ä', '€']]],
  ])('reads %s', (text, fields) => {
    expect(read(text)).toEqual(fields);
  });

  it.each(['a=%', 'a=%E4', 'a=%zz', '%=a', 'a=1&b=%C3'])('refuses %s', (text) => {
    expect(parseFormText(text)).toEqual({ ok: false, fault: 'malformed' });
  });

  it('refuses emptiness, bytes that are no UTF-8, and crowds', () => {
    expect(parseForm(Buffer.alloc(0))).toEqual({ ok: false, fault: 'empty' });
    expect(parseFormText('&&')).toEqual({ ok: false, fault: 'empty' });
    expect(parseForm(Buffer.from([0x61, 0x3d, 0xe4]))).toEqual({ ok: false, fault: 'malformed' });
    expect(read('a=1&'.repeat(MAX_FIELDS - 1) + 'a=1')).toHaveLength(MAX_FIELDS);
    expect(parseFormText('a=1&'.repeat(MAX_FIELDS) + 'a=1')).toEqual({
      ok: false,
      fault: 'too-deep',
    });
  });

  it('names the first field that stands twice', () => {
    expect(duplicateName(read('a=1&b=2&%61=3&b=4'))).toBe('a');
    expect(duplicateName(read('a=1&A=2'))).toBeUndefined();
  });

  it('makes a record without a prototype, the first of a name winning', () => {
    const record = formRecord(read('a=1&a=2&__proto__=x&constructor=y&toString='));
    expect(Object.getPrototypeOf(record)).toBeNull();
    expect({ ...record }).toMatchObject({ a: '1', constructor: 'y', toString: '' });
    expect(Object.hasOwn(record, '__proto__') && record['__proto__']).toBe('x');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
