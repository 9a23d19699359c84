import { describe, expect, it } from '@jest/globals';
import type { DrillResult } from '../result.js';
import { caught } from './judge-mutant.js';
import { edited } from './mutated.js';
import { MUTANTS, type Mutant } from './mutants.js';

describe('an edit', () => {
  const edit = { file: 'a.js', find: 'guard()', put: 'true' };

  it('replaces the one place', () => {
    expect(edited('if (guard()) go();', edit)).toBe('if (true) go();');
  });

  it('says so loudly when the place is gone, or no longer the only one', () => {
    expect(() => edited('if (gone) go();', edit)).toThrow('a.js holds 0 times, not once: guard()');
    expect(() => edited('guard(); guard();', edit)).toThrow('2 times');
  });
});

describe('a mutant', () => {
  const [mutant] = MUTANTS as [Mutant, ...Mutant[]];
  const seen = (checks: DrillResult['checks'], more: Partial<DrillResult> = {}): boolean => {
    const result = { ...{ id: 'D0', title: '', bar: '', outcome: 'failed' as const }, seconds: 1 };
    return caught(mutant, { ...result, checks, facts: {}, ...more }).checks.every(({ ok }) => ok);
  };
  const right = { name: 'one of each id is counted', ok: false, detail: '' };
  const other = { name: 'settled in 120 s', ok: false, detail: '' };

  it('is caught where its guard is missed, whatever else fails', () => {
    expect(seen([right])).toBe(true);
    expect(seen([other, right])).toBe(true);
  });

  it('survives when its drill passes, fails elsewhere, or was not carried through', () => {
    expect(seen([{ ...right, ok: true }], { outcome: 'passed' })).toBe(false);
    expect(seen([{ ...right, ok: true }, other])).toBe(false);
    expect(seen([{ name: 'ran to its end', ok: false, detail: 'it broke' }])).toBe(false);
    expect(seen([], { outcome: 'skipped', skipped: 'no' })).toBe(false);
  });

  it('has an id of its own', () => {
    expect(new Set(MUTANTS.map(({ id }) => id)).size).toBe(MUTANTS.length);
  });
});
