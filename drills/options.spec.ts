import { describe, expect, it } from '@jest/globals';
import { DRILLS } from './catalogue.js';
import { readOptions } from './options.js';

const idsOf = (args: string[]): string[] => readOptions(args).drills.map(({ id }) => id);

describe('which drills run', () => {
  const nightly = DRILLS.filter((drill) => drill.nightly === true).map(({ id }) => id);

  it('is all but the nightly ones, unless they are named', () => {
    expect(nightly).toContain('D31');
    expect(idsOf([])).toEqual(DRILLS.map(({ id }) => id).filter((id) => !nightly.includes(id)));
    expect(idsOf(['d31'])).toEqual(['D31']);
  });

  it('is the quick ones for a change’s own checks, and a named one at its quick scale', () => {
    const quick = DRILLS.filter((drill) => drill.quick).map(({ id }) => id);
    expect(idsOf(['--quick'])).toEqual(quick);
    expect(quick.length).toBeLessThan(DRILLS.length);
    expect(idsOf(['--quick', 'D37'])).toEqual(['D37']);
  });

  it('is nothing at all when a name is wrong', () => {
    expect(() => readOptions(['D0'])).toThrow('D0 is no drill');
  });

  it('may have another number of replicas', () => {
    expect(readOptions([]).replicas).toBeUndefined();
    expect(readOptions(['--replicas', '3']).replicas).toBe(3);
    for (const wrong of ['0', '9', 'x', '1.5'])
      expect(() => readOptions(['--replicas', wrong])).toThrow('--replicas must be a whole');
  });

  it('has ids of their own, in order', () => {
    const ids = DRILLS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const numbers = ids.map((id) => Number.parseInt(id.slice(1), 10));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });
});
