import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { currencyCode, currencyExponent, decimal, minorUnits, money } from './money.js';

/** One currency for every exponent of ISO 4217. */
const currencies = fc.constantFrom('JPY', 'USD', 'EUR', 'KWD', 'CLF', 'BHD', 'ISK');
const amounts = fc.integer({ min: 0, max: 99_999_999_999 });

describe('money', () => {
  it('comes back unchanged from its decimal text, in every exponent', () => {
    fc.assert(
      fc.property(amounts, currencies, (amount, currency) => {
        const value = { amount, currency };
        expect(money(decimal(value), currency)).toEqual(value);
      }),
    );
  });

  it('takes the integer units of the wire as they are', () => {
    fc.assert(
      fc.property(amounts, currencies, (amount, currency) => {
        expect(minorUnits(amount, currency)).toEqual({ amount, currency });
        expect(minorUnits(String(amount), currency)).toEqual({ amount, currency });
      }),
    );
  });

  it('never gives a float or a negative amount, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), currencies, (text, currency) => {
        const found = money(text, currency);
        expect(
          found === undefined || (Number.isSafeInteger(found.amount) && found.amount >= 0),
        ).toBe(true);
      }),
    );
  });

  it.each([
    ['19.99', 'USD', 1999],
    ['19.9', 'usd', 1990],
    ['-19.99', 'USD', 1999],
    ['+5', 'EUR', 500],
    ['1000.00', 'JPY', 1000],
    ['1.234', 'KWD', 1234],
    ['1.2345', 'CLF', 12345],
    ['0.10', ' usd ', 10],
    [19.99, 'USD', 1999],
  ])('reads %p %s as %p minor units', (text, currency, amount) => {
    expect(money(text, currency)?.amount).toBe(amount);
  });

  it.each([
    ['FREE', 'USD'],
    ['1e5', 'USD'],
    [1e21, 'USD'],
    [Number.NaN, 'USD'],
    [Number.POSITIVE_INFINITY, 'USD'],
    ['1,000.00', 'USD'],
    ['1.000,00', 'EUR'],
    ["1'000", 'CHF'],
    ['$19.99', 'USD'],
    ['19.999', 'USD'],
    ['1000.5', 'JPY'],
    ['', 'USD'],
    [undefined, 'USD'],
    ['9999999999999999', 'USD'],
    ['999999999999999', 'USD'],
    ['19.99', 'XYZ'],
    ['19.99', undefined],
    ['0x10', 'USD'],
    ['١٢', 'USD'],
  ])('refuses %p %s', (text, currency) => {
    expect(money(text, currency)).toBeUndefined();
  });

  it.each([
    [500, 'UGX', 2, 5],
    [5, 'MGA', 0, 500],
    [1999, 'USD', undefined, 1999],
    ['-1999', 'USD', undefined, 1999],
  ])('reads %p wire units of %s with %p decimals as %p', (value, currency, wire, amount) => {
    expect(minorUnits(value, currency, wire)).toEqual({ amount, currency });
  });

  it.each([
    [550, 'UGX', 2],
    ['19.99', 'USD', undefined],
    [19.99, 'USD', undefined],
    ['', 'USD', undefined],
  ])('refuses %p wire units of %s with %p decimals', (value, currency, wire) => {
    expect(minorUnits(value, currency, wire)).toBeUndefined();
  });

  it('shows the sign of an adjustment and pads small amounts', () => {
    expect(decimal({ amount: -5, currency: 'USD' })).toBe('-0.05');
    expect(decimal({ amount: 7, currency: 'KWD' })).toBe('0.007');
    expect(decimal({ amount: 1000, currency: 'JPY' })).toBe('1000');
  });

  it('knows codes and exponents', () => {
    expect(currencyCode('eur')).toBe('EUR');
    expect(currencyCode('EURO')).toBeUndefined();
    expect(['JPY', 'USD', 'TND', 'UYW'].map(currencyExponent)).toEqual([0, 2, 3, 4]);
  });
});
