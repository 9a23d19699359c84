import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { parseForm, type Form } from '#contract';
import { checkCverify, cverifySorted, cverifyV1 } from './cverify.js';
import { cverify as sealLegacy } from './fixtures/seal.js';

const SECRET = 'SAMPLEKEY0000001';
const hash = (text: string): string =>
  createHash('sha1').update(text, 'utf8').digest('hex').slice(0, 8).toUpperCase();

const posted = (text: string): Form => {
  const parsed = parseForm(Buffer.from(text));
  return parsed.ok ? parsed.value : [];
};
const withHash = (form: Form, value: string): Form => [...form, ['cverify', value]];
const verdictOn = (form: Form): unknown => {
  const verdict = checkCverify(form, SECRET);
  return verdict.ok ? 'accepted' : verdict.reason;
};

describe('cverify of versions 2 to 5', () => {
  it('joins the values in byte order of the names, empty ones too', () => {
    const form = posted('cb=2&ca=1&cZ=upper&cd=&cc=3');
    expect(cverifySorted(form, SECRET)).toBe(hash(`upper|1|2|3||${SECRET}`));
  });

  it('leaves out cverify itself', () => {
    const form = posted('ca=1');
    expect(cverifySorted(withHash(form, 'ANYTHING'), SECRET)).toBe(cverifySorted(form, SECRET));
  });

  it('hashes decoded UTF-8 and keeps blanks at the ends', () => {
    const form = posted('ca=+J%C3%B6rg+&cb=x%7Cy');
    expect(cverifySorted(form, SECRET)).toBe(hash(` Jörg |x|y|${SECRET}`));
  });

  it('keeps brackets in names: they are no lists', () => {
    expect(cverifySorted(posted('a[]=1&a=2'), SECRET)).toBe(hash(`2|1|${SECRET}`));
  });

  it('compares without regard to case', () => {
    const form = posted('cnoticeversion=4.0&ctransaction=SALE');
    const right = cverifySorted(form, SECRET);
    expect(verdictOn(withHash(form, right))).toBe('accepted');
    expect(verdictOn(withHash(form, right.toLowerCase()))).toBe('accepted');
  });

  it.each(['', '0', '00000000', 'undefined'])('refuses the hash "%s"', (value) => {
    expect(verdictOn(withHash(posted('cnoticeversion=4.0&ctransaction=SALE'), value))).toBe(
      'bad-signature',
    );
  });

  it('refuses a longer text that begins with the hash', () => {
    const form = posted('cnoticeversion=4.0&ctransaction=SALE');
    const whole = createHash('sha1').update(`4.0|SALE|${SECRET}`).digest('hex').toUpperCase();
    expect(verdictOn(withHash(form, whole))).toBe('bad-signature');
    expect(verdictOn(withHash(form, whole.slice(0, 8)))).toBe('accepted');
  });

  it('says when there is none', () => {
    expect(verdictOn(posted('ctransaction=SALE'))).toBe('missing-signature');
  });
});

describe('cverify of version 1', () => {
  const fields = {
    ctransreceipt: 'OLDR1234',
    ctransaction: 'SALE',
    ccustname: 'Ada',
    ctransamount: '4995',
  };
  const form: Form = Object.entries(fields);

  it('hashes fifteen fields in a fixed order, absent ones empty', () => {
    expect(cverifyV1(form, SECRET)).toBe(hash(`Ada||||OLDR1234||SALE||||||4995|||${SECRET}`));
    expect(cverifyV1(form, SECRET)).toBe(sealLegacy(fields, SECRET));
  });

  it('is accepted, and brings only the fields it covers', () => {
    const verdict = checkCverify(
      withHash([...form, ['cupsellreceipt', 'EVIL0001']], cverifyV1(form, SECRET)),
      SECRET,
    );
    expect(verdict).toMatchObject({
      ok: true,
      fields: { ctransreceipt: 'OLDR1234', ctransamount: '4995' },
    });
    expect(verdict).not.toHaveProperty('fields.cupsellreceipt');
  });

  it('is not accepted from a message that calls itself newer', () => {
    const newer: Form = [...form, ['cnoticeversion', '4.0']];
    expect(verdictOn(withHash(newer, cverifyV1(newer, SECRET)))).toBe('bad-signature');
  });
});
