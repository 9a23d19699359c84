import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BREAKER } from './breaker-rules.js';
import { FailureWindow } from './failure-window.js';

const T = Date.parse('2026-11-20T10:00:00.000Z');

/** `+` answered, `-` failed, one each `every` ms. The place of the failure that opens, or none. */
function opensAt(script: string, every: number): number | undefined {
  const window = new FailureWindow(BREAKER);
  for (const [i, sign] of script.split('').entries()) {
    const now = T + i * every;
    if (sign === '+') window.answered(now);
    else if (window.failed(now)) return i + 1;
  }
  return undefined;
}

describe('the failures that open a breaker', () => {
  it.each<[string, string, number | undefined, number]>([
    ['nine failures prove nothing', '-'.repeat(9), undefined, 100],
    ['ten of ten', '-'.repeat(10), 10, 100],
    ['seven of ten', '+++-------', 10, 100],
    ['six of ten do not', '++++------', undefined, 100],
    ['seven of ten, told by the next failure', '-------+++', undefined, 100],
    ['the share falls with every answer', '-------+++-', 11, 100],
    ['twenty in a row, a minute apart', '-'.repeat(25), 20, 61_000],
    ['an answer breaks the row', `${'-'.repeat(19)}+${'-'.repeat(19)}`, undefined, 61_000],
  ])('%s', (_name, script, at, every) => {
    expect(opensAt(script, every)).toBe(at);
  });

  it('forget the answers of an hour ago', () => {
    const window = new FailureWindow(BREAKER);
    for (let i = 0; i < 1000; i += 1) window.answered(T);
    const told = Array.from({ length: 10 }, (_unused, i) => window.failed(T + 60_000 + i));
    expect(told.indexOf(true)).toBe(9);
    window.clear();
    expect(window.failed(T + 61_000)).toBe(false);
  });

  it('agree with a plain count of the last minute, whatever comes', () => {
    const event = fc.record({ wait: fc.nat({ max: 9 }), bad: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 300 }), (events) => {
        const window = new FailureWindow(BREAKER);
        const all: { second: number; bad: boolean }[] = [];
        let second = Math.floor(T / 1000);
        for (const { wait, bad } of events) {
          second += wait;
          all.push({ second, bad });
          const seen = all.filter((one) => one.second > second - 60);
          const bads = seen.filter((one) => one.bad).length;
          const row = all.length - 1 - all.findLastIndex((one) => !one.bad);
          const opens = row >= 20 || (seen.length >= 10 && bads * 10 >= seen.length * 7);
          if (bad) expect(window.failed(second * 1000)).toBe(opens);
          else window.answered(second * 1000);
        }
      }),
    );
  });
});
