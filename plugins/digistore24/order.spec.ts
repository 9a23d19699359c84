import { describe, expect, it } from '@jest/globals';
import { checkSettings } from '#contract';
import { networkId, paymentNumber, upsellParent } from './order.js';
import { Digistore24Credentials, Digistore24Settings } from './settings.js';

describe('upsellParent', () => {
  it.each([
    ['K7M2QX9R1', '1', 'K7M2QX9R'],
    ['K7M2QX9R12', '12', 'K7M2QX9R'],
    ['YP7TYT292', '2', 'YP7TYT29'],
  ])('%s with upsell number %s belongs to %s', (id, number, parent) => {
    expect(upsellParent(id, number)).toBe(parent);
  });

  it.each([
    ['K7M2QX91', '0'],
    ['K7M2QX91', undefined],
    ['K7M2QX91', '2'],
    ['K7M2QX9R', '1'],
    ['AB1', '1'],
    ['K7M2QX901', '01'],
  ])('%s with upsell number %s has no parent', (id, number) => {
    expect(upsellParent(id, number)).toBeUndefined();
  });
});

describe('paymentNumber', () => {
  it.each([
    ['0', 1],
    ['1', 1],
    ['2', 2],
    ['13', 13],
  ])('pay_sequence_no %s is payment %d', (text, number) => {
    expect(paymentNumber({ pay_sequence_no: text })).toBe(number);
  });

  it.each(['', '-1', '2x', '1.5'])('%j is no number', (text) => {
    expect(paymentNumber({ pay_sequence_no: text })).toBeUndefined();
  });
});

describe('networkId', () => {
  it('takes no overlong text for an id, so that a key keeps its limit', () => {
    expect(networkId('9'.repeat(48))).toBe('9'.repeat(48));
    expect(networkId('9'.repeat(49))).toBeUndefined();
  });
});

describe('digistore24 settings', () => {
  it('names every mistake', () => {
    const wrong = { timeZone: 'Europe/Berlim', amountField: 'amount', upsellOrders: 'maybe' };
    const checked = checkSettings(Digistore24Settings, wrong, 'settings');
    expect(checked).toMatchObject({ ok: false });
    expect(checked.ok ? [] : checked.faults.map(({ path }) => path).sort()).toEqual([
      'settings.amountField',
      'settings.timeZone',
      'settings.upsellOrders',
    ]);
  });

  it('accepts none at all, but no connection without a passphrase', () => {
    expect(checkSettings(Digistore24Settings, {}, 'settings').ok).toBe(true);
    expect(checkSettings(Digistore24Credentials, { passphrase: ' ' }, 'credentials').ok).toBe(
      false,
    );
    expect(
      checkSettings(Digistore24Credentials, { passphrase: 'x'.repeat(64) }, 'credentials').ok,
    ).toBe(false);
  });
});
