import { describe, expect, it } from '@jest/globals';
import { MAX_PATTERN, MAX_SUBJECT, pattern } from './pattern.js';

describe('pattern', () => {
  it('finds anywhere, caseless on demand', () => {
    expect(pattern('won$')?.test('Deal closed won')).toBe(true);
    expect(pattern('^won')?.test('Deal closed won')).toBe(false);
    expect([pattern('WON')?.test('won'), pattern('WON', true)?.test('won')]).toEqual([false, true]);
  });

  it.each(['', '(', '[a', '(?=x)', '(?<=x)y', '(a)\\1', 'a'.repeat(MAX_PATTERN + 1)])(
    'refuses %p',
    (source) => {
      expect(pattern(source)).toBeUndefined();
    },
  );

  it.each(['^(a+)+$', '^(a|aa)+$', '^(.*a){12}$', '(x+x+)+y', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
    'matches %s in linear time',
    (source) => {
      const subject = (letter: string): string => letter.repeat(MAX_SUBJECT - 1) + '!';
      const started = performance.now();
      for (const letter of ['a', 'x']) expect(pattern(source)?.test(subject(letter))).toBe(false);
      // A backtracking engine would need longer than the universe has; this leaves room for a busy machine.
      expect(performance.now() - started).toBeLessThan(10_000);
    },
  );

  it('looks at the first 10 KB only', () => {
    expect(pattern('z')?.test(`${'a'.repeat(MAX_SUBJECT)}z`)).toBe(false);
  });
});
