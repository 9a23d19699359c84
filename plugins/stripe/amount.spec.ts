import { describe, expect, it } from '@jest/globals';
import { stripeMoney } from './amount.js';

describe('Stripe amounts', () => {
  it.each([
    [1999, 'usd', { amount: 1999, currency: 'USD' }],
    ['1999', 'eur', { amount: 1999, currency: 'EUR' }],
    [1999, 'jpy', { amount: 1999, currency: 'JPY' }],
    [12_340, 'kwd', { amount: 12_340, currency: 'KWD' }],
    [12_340, 'jod', { amount: 12_340, currency: 'JOD' }],
    [500, 'ugx', { amount: 5, currency: 'UGX' }],
    [490_000, 'isk', { amount: 4900, currency: 'ISK' }],
    [200, 'mga', { amount: 20_000, currency: 'MGA' }],
    [700, 'xof', { amount: 700, currency: 'XOF' }],
    [150_000, 'huf', { amount: 150_000, currency: 'HUF' }],
    [0, 'usd', { amount: 0, currency: 'USD' }],
  ])('%s %s', (amount, currency, money) => {
    expect(stripeMoney(amount, currency)).toEqual(money);
  });

  it.each([
    [550, 'ugx'],
    [19.99, 'usd'],
    ['19.99', 'usd'],
    [null, 'usd'],
    [1999, 'zzz'],
    [1999, null],
    ['9'.repeat(30), 'usd'],
  ])('%s %s is unreadable', (amount, currency) => {
    expect(stripeMoney(amount, currency)).toBeUndefined();
  });
});
