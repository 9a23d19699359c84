import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Notification } from '#contract';
import { credentials, seal } from './fixtures/seal.js';
import plugin from './index.js';
import { Digistore24Credentials } from './settings.js';

const withPassphrase = (passphrase: string): Digistore24Credentials =>
  Object.assign(new Digistore24Credentials(), { passphrase });

const ours = withPassphrase(String(credentials['passphrase']));

const post = (body: Buffer | string, method = 'POST'): Notification => ({
  method,
  url: '',
  pathToken: '',
  query: '',
  headers: {},
  body: Buffer.from(body),
  receivedAt: 0,
});

const sealed = (fields: object, options: Readonly<Record<string, unknown>> = {}): Notification =>
  post(seal(fields, credentials, 0, options).body);

const verdict = (notification: Notification, by = ours): unknown =>
  plugin.verify(notification, by, []);

describe('digistore24 verify', () => {
  it('refuses the hash of nothing: it holds no passphrase', () => {
    const hash = createHash('sha512').update('').digest('hex');
    expect(verdict(post(`event=&order_id=&sha_sign=${hash}`))).toEqual({
      ok: false,
      reason: 'bad-signature',
    });
  });

  it('fails closed without a passphrase, even for a message signed with none', () => {
    const { body } = seal({ event: 'on_payment' }, { passphrase: '' }, 0);
    expect(verdict(post(body), withPassphrase(''))).toEqual({ ok: false, reason: 'bad-signature' });
  });

  it('refuses signatures that are no 64 bytes of hex', () => {
    for (const sign of ['no_signature_passphrase_provided', 'AB', 'Z'.repeat(128)]) {
      expect(verdict(post(`event=on_payment&sha_sign=${sign}`))).toEqual({
        ok: false,
        reason: 'bad-signature',
      });
    }
  });

  it('accepts a signature in small letters', () => {
    const body = sealed({ event: 'on_payment' })
      .body.toString()
      .replace(/[0-9A-F]{128}$/, (sign) => sign.toLowerCase());
    expect(verdict(post(body))).toMatchObject({ ok: true, trust: 'signed' });
  });

  it('keeps bracket names literal and blanks untouched', () => {
    const fields = { 'custom[x]': ' a b ', event: 'on_payment' };
    expect(verdict(sealed(fields))).toMatchObject({ ok: true, payload: fields });
  });

  it('hands on the resolved value when that is what was signed', () => {
    const escaped = { custom: 'a &amp; b', event: 'on_payment' };
    expect(verdict(sealed(escaped, { resolved: true }))).toMatchObject({
      payload: { custom: 'a & b' },
    });
    expect(verdict(sealed(escaped))).toMatchObject({ payload: escaped });
  });

  it('does not let a forger re-escape a value that was signed as sent', () => {
    const body = sealed({ event: 'on_payment', custom: 'a&b' }).body.toString();
    const forged = body.replace('custom=a%26b', 'custom=a%26amp%3Bb');
    expect(forged).not.toBe(body);
    // The resolved reading still verifies, so the forger may re-escape; the meaning must stay the signed one.
    expect(verdict(post(forged))).toMatchObject({ ok: true, payload: { custom: 'a&b' } });
  });

  it('reads names of a capital signature in small letters, whatever case was posted', () => {
    const body = sealed(
      { event: 'on_payment', amount_brutto: '9.00' },
      { upperNames: true },
    ).body.toString();
    const recased = body.replace('amount_brutto', 'Amount_Brutto');
    expect(verdict(post(recased))).toMatchObject({
      ok: true,
      payload: { event: 'on_payment', amount_brutto: '9.00' },
    });
  });

  it('takes names like __proto__ as plain fields', () => {
    const found = verdict(
      post(seal(JSON.parse('{"__proto__":"x","event":"eticket"}') as object, credentials, 0).body),
    );
    expect(found).toMatchObject({ ok: true });
    expect(({} as Record<string, unknown>)['event']).toBeUndefined();
  });
});

describe('digistore24 probe and answer', () => {
  it('answers OK to GET and HEAD, and leaves POST to verify', () => {
    expect(plugin.probe?.(post('', 'GET'))).toMatchObject({ status: 200, body: 'OK' });
    expect(plugin.probe?.(post('', 'HEAD'))).toMatchObject({ status: 200, body: 'OK' });
    expect(plugin.probe?.(post('a=b'))).toBeUndefined();
  });

  it.each(['recorded', 'repeat', 'conflict', 'parked', 'nothing'] as const)(
    'says OK when %s',
    (result) => {
      const answer = plugin.acknowledge?.(post('a=b'), result, { settings: new plugin.settings() });
      expect(answer).toMatchObject({ status: 200, body: 'OK' });
    },
  );
});
