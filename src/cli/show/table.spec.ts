import { describe, expect, it } from '@jest/globals';
import { pairLines, shortened, tableLines } from './table.js';
import { eventLine, moneyOf } from './words.js';

describe('tables', () => {
  it('line up, say – for nothing, and shorten what is long', () => {
    const lines = tableLines(
      [
        { title: 'ID', of: (row: { id: string; why?: string }) => row.id },
        { title: 'WHY', of: (row) => row.why, most: 8 },
      ],
      [{ id: 'a-long-id', why: 'because of it' }, { id: 'b' }],
    );
    expect(lines).toEqual(['ID         WHY', 'a-long-id  because…', 'b          –']);
  });

  it('let no control character through to the terminal', () => {
    const evil = 'x\u001B[2J\u001B]0;title\u0007\ny\u202Ez';
    for (const text of [shortened(evil, 99), ...pairLines([['name', evil]])])
      expect(['\u001B', '\u0007', '\u202E', '\n'].filter((one) => text.includes(one))).toEqual([]);
  });
});

describe('words', () => {
  it('show money by the exponent of its currency', () => {
    expect(moneyOf({ amount: 4995, currency: 'USD' })).toBe('49.95 USD');
    expect(moneyOf({ amount: 5000, currency: 'JPY' })).toBe('5000 JPY');
    expect(moneyOf(null)).toBe('');
  });

  it('tell an event in one line', () => {
    const event = {
      type: 'SALE',
      test: true,
      revenue: { amount: 100, currency: 'EUR' },
      order: { id: 'A1' },
      attribution: { clickId: 'c' },
    };
    expect(eventLine(event)).toBe('SALE (test) 1.00 EUR · order A1 · click c');
  });
});
