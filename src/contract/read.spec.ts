import { describe, expect, it } from '@jest/globals';
import {
  compilePath,
  identifier,
  isPlaceholder,
  listAt,
  pick,
  text,
  textAt,
  textsAt,
} from './read.js';

const order = {
  id: 42,
  items: [{ sku: 'A', qty: 1 }, { sku: 'B' }, 'loose'],
  fields: [
    { key: 'click_id', value: 'clk' },
    { key: 'n', value: 5 },
  ],
  'dotted.name': { deep: ' x ' },
};

describe('paths', () => {
  it.each([
    ['id', 42],
    ['items[1].sku', 'B'],
    ['items[9].sku', undefined],
    ['["dotted.name"].deep', ' x '],
    ['fields[key=click_id].value', 'clk'],
    ['fields[key=absent].value', undefined],
    ['items.sku', undefined],
    ['id.more', undefined],
  ])('%s leads to %p', (path, value) => {
    expect(pick(order, path)).toBe(value);
  });

  it.each([
    '',
    '.',
    '.a',
    'a..b',
    'a[',
    'a]',
    'a[]',
    'a[-1]',
    'a[12345]',
    'a.',
    Array.from({ length: 33 }, () => 'a').join('.'),
  ])('%p is no path', (path) => {
    expect(compilePath(path)).toBeUndefined();
    expect(pick(order, path)).toBeUndefined();
  });

  it('never leaves own properties', () => {
    for (const path of [
      '__proto__',
      'constructor',
      'toString',
      'items.length',
      'items.__proto__',
      '__proto__.toString',
    ]) {
      expect(pick(order, path)).toBeUndefined();
    }
    const hostile: unknown = JSON.parse('{"__proto__":{"a":"own"}}');
    expect(pick(hostile, '__proto__.a')).toBe('own');
    expect(pick(hostile, 'a')).toBeUndefined();
  });

  it('reads texts, lists and maps of texts', () => {
    expect(textAt(order, 'id')).toBe('42');
    expect(listAt(order, 'items')).toHaveLength(3);
    expect(listAt(order, 'id')).toEqual([]);
    expect(
      textsAt(JSON.parse('{"m":{"a":1,"b":" x ","c":{},"d":"","__proto__":"z"}}'), 'm'),
    ).toEqual({ a: '1', b: 'x' });
    expect(textsAt(order, 'items')).toEqual({});
  });
});

describe('texts', () => {
  it('are trimmed; blanks, maps and odd numbers are none', () => {
    expect([text(' a '), text(0), text(1.5)]).toEqual(['a', '0', '1.5']);
    for (const none of [
      '',
      '  ',
      null,
      undefined,
      true,
      {},
      [],
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ]) {
      expect(text(none)).toBeUndefined();
    }
  });

  it.each([
    '{clickid}',
    '[CLICKID]',
    '%CLICK%',
    '#click#',
    '${id}',
    '<id>',
    'null',
    'undefined',
    'None',
    'REPLACE',
  ])('take %s for a macro that nobody replaced', (value) => {
    expect(isPlaceholder(value)).toBe(true);
    expect(identifier(value)).toBeUndefined();
  });

  it('keep identifiers, cut to 256 characters', () => {
    expect(identifier('TX_1')).toBe('TX_1');
    expect(identifier('nullable')).toBe('nullable');
    expect(identifier('x'.repeat(300))).toHaveLength(256);
  });
});
