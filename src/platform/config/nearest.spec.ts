import { describe, expect, it } from '@jest/globals';
import { editDistance, nearest, suggestion } from './nearest.js';

describe('the name that was meant', () => {
  it.each([
    ['targts', 'targets', 1],
    ['from', 'form', 1],
    ['mian', 'main', 1],
    ['abc', '', 3],
    ['', 'ab', 2],
    ['kitten', 'sitting', 3],
  ])('%s to %s takes %d edits', (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits);
    expect(editDistance(b, a)).toBe(edits);
  });

  it('is the nearest known one, or none', () => {
    expect(nearest('SALES', ['CLICK', 'LEAD', 'SALE'])).toBe('SALE');
    expect(nearest('secretkey', ['vendor', 'secretKey'])).toBe('secretKey');
    expect(nearest('banana', ['vendor', 'secretKey'])).toBeUndefined();
    expect(nearest('x'.repeat(1000), ['x'.repeat(999)])).toBeUndefined();
  });

  it('ends a rule', () => {
    expect(suggestion('vendr', ['vendor'])).toBe('did you mean "vendor"?');
    expect(suggestion('zzz', ['vendor', 'id'])).toBe('known: vendor, id');
    expect(suggestion('zzz', [])).toBe('known: none');
  });
});
