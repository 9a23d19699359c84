import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Form } from '#contract';
import { shaSign, signedReadings } from './sha-sign.js';

const sha512 = (text: string): string =>
  createHash('sha512').update(text).digest('hex').toUpperCase();

describe('shaSign', () => {
  it('puts the passphrase after each pair and sorts names by bytes', () => {
    const form: Form = [
      ['b', '2'],
      ['_x', '3'],
      ['B', '1'],
      ['a', '4'],
    ];
    expect(shaSign(form, 'P')).toBe(sha512('B=1P_x=3Pa=4Pb=2P'));
  });

  it('sorts by UTF-8 bytes where UTF-16 would differ', () => {
    const form: Form = [
      ['\u{1F600}', 'astral'],
      ['\uFF5E', 'high'],
    ];
    expect(shaSign(form, 'P')).toBe(sha512('\uFF5E=highP\u{1F600}=astralP'));
  });

  it('leaves out empty values and signature fields, keeps zeros and blanks', () => {
    const form: Form = [
      ['sha_sign', 'x'],
      ['ShaSign', 'y'],
      ['empty', ''],
      ['zero', '0'],
      ['money', '0.00'],
      ['blank', ' '],
    ];
    expect(shaSign(form, 'P')).toBe(sha512('blank= Pmoney=0.00Pzero=0P'));
  });

  it('signs nothing without a passphrase or without a filled field', () => {
    expect(shaSign([['a', '1']], '')).toBeUndefined();
    expect(shaSign([['a', '']], 'P')).toBeUndefined();
  });
});

describe('signedReadings', () => {
  it('gives one spelling of values when nothing is encoded', () => {
    expect(signedReadings([['a', '1']])).toEqual([[['a', '1']], [['A', '1']]]);
  });

  it('resolves entities once, and only known ones', () => {
    const [, resolved] = signedReadings([
      ['a', '&amp;quot; &uuml; &#8364; &#x41; &apos; &nope; & 1'],
    ]);
    expect(resolved).toEqual([['a', '&quot; ü € A &apos; &nope; & 1']]);
  });

  it('has no capital reading when names fall together', () => {
    const form: Form = [
      ['amount', '1'],
      ['AMOUNT', '2'],
    ];
    expect(signedReadings(form)).toEqual([form]);
  });

  it('raises ASCII letters only, as PHP does', () => {
    expect(signedReadings([['straße', '1']])[1]).toEqual([['STRAßE', '1']]);
  });
});
