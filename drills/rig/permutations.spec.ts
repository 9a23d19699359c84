import { describe, expect, it } from '@jest/globals';
import { permutations } from './permutations.js';

describe('permutations', () => {
  it('are all of them, each once', () => {
    const all = permutations(['a', 'b', 'c', 'd', 'e']).map((list) => list.join(''));
    expect(new Set(all).size).toBe(120);
    expect(all).toHaveLength(120);
    expect(all.every((text) => text.split('').sort().join('') === 'abcde')).toBe(true);
  });

  it('of nothing is the empty list', () => {
    expect(permutations([])).toEqual([[]]);
  });
});
