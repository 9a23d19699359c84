import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { Account, Credential } from '../accounts/index.js';
import {
  accept,
  reject,
  REJECTIONS,
  type Notification,
  type RejectionReason,
  type SourcePlugin,
  type Verdict,
} from '../contract/index.js';
import { createLog } from '../platform/log/log.js';
import { toySource } from '../../test/journey/toys.js';
import { Verifier } from './verifier.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const HOUR = 3_600_000;

const notification: Notification = {
  method: 'POST',
  url: '',
  pathToken: '',
  query: '',
  headers: {},
  body: Buffer.from('{"email":"anna@shop.example"}'),
  receivedAt: NOW,
};

type Ask = (secret: string) => Verdict<unknown>;

const credential = (id: string, more: Partial<Credential> = {}): Credential => ({
  id,
  value: { secret: id },
  ...more,
});

/** Verifies with a plugin that answers by the secret alone. */
function verify(credentials: Credential[], ask: Ask, at = NOW) {
  const logged: string[] = [];
  const asked: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(chunk.toString('utf8'));
      done();
    },
  });
  const source = {
    ...toySource,
    verify: (_notification: Notification, value: { secret: string }) => {
      asked.push(value.secret);
      return ask(value.secret);
    },
  };
  const account: Account = {
    id: 'shop',
    source: source as unknown as SourcePlugin,
    credentials,
    settings: {},
    publicUrl: '',
    test: false,
  };
  const verification = new Verifier(createLog('debug', sink)).verify(account, {
    ...notification,
    receivedAt: at,
  });
  return { verification, logged: logged.join(''), asked };
}

const only =
  (good: string): Ask =>
  (secret) =>
    secret === good ? accept({}, 'signed') : reject('bad-signature');

describe('a rotation', () => {
  const both = [credential('new'), credential('old')];

  it.each(['new', 'old'])('takes the %s secret and says that it was that one', (good) => {
    const { verification } = verify(both, only(good));
    expect(verification).toMatchObject({ ok: true, credential: good });
  });

  it('asks the newest first, and nobody after the first yes', () => {
    expect(verify(both, only('new')).asked).toEqual(['new']);
    expect(verify(both, only('old')).asked).toEqual(['new', 'old']);
    expect(verify(both, only('none')).verification).toEqual({ ok: false, reason: 'bad-signature' });
  });

  it.each<[string, Partial<Credential>, boolean]>([
    ['before it begins', { notBefore: NOW + 1 }, false],
    ['from its first moment', { notBefore: NOW }, true],
    ['until the moment before its end', { notAfter: NOW + 1 }, true],
    ['at its end', { notAfter: NOW }, false],
    ['long after', { notBefore: NOW - 2 * HOUR, notAfter: NOW - HOUR }, false],
    ['in between', { notBefore: NOW - HOUR, notAfter: NOW + HOUR }, true],
  ])('respects the window of a secret: %s', (_name, window, ok) => {
    const { verification, asked } = verify([credential('a', window)], only('a'));
    expect([verification.ok, asked]).toEqual([ok, ok ? ['a'] : []]);
  });

  it('never tries more than five secrets', () => {
    const many = ['1', '2', '3', '4', '5', '6', '7'].map((id) => credential(id));
    const { asked, verification } = verify(many, only('6'));
    expect([asked.length, verification.ok]).toEqual([5, false]);
  });

  it('lets no account without a usable secret in', () => {
    const none = verify([], only('a'));
    expect(none.verification).toEqual({ ok: false, reason: 'bad-signature' });
  });
});

describe('of several refusals', () => {
  /** From the most telling to the least. */
  const order: RejectionReason[] = [
    'stale',
    'wrong-account',
    'duplicate-keys',
    'too-deep',
    'malformed',
    'empty',
    'bad-signature',
    'bad-token',
    'undecipherable',
    'missing-signature',
  ];

  it('knows a place for every reason', () => {
    expect(order.toSorted()).toEqual(Object.keys(REJECTIONS).toSorted());
  });

  it.each(order.slice(1).map((reason, i) => [order[i] as RejectionReason, reason] as const))(
    '%s says more than %s, whichever comes first',
    (more, less) => {
      for (const reasons of [
        [more, less],
        [less, more],
      ] as const) {
        const [a, b] = reasons;
        const two = [credential('a'), credential('b')];
        const { verification } = verify(two, (secret) => reject(secret === 'a' ? a : b));
        expect(verification).toEqual({ ok: false, reason: more });
      }
    },
  );
});

describe('a plugin that throws', () => {
  const fall: Ask = () => {
    throw new RangeError('at byte 7 of anna@shop.example');
  };

  it('has verified nothing, and nothing of the notification is logged', () => {
    const { verification, logged } = verify([credential('a')], fall);
    expect(verification).toEqual({ ok: false, reason: 'malformed' });
    expect(logged).toContain('"code":"WB_PLUGIN_THREW"');
    expect(logged).not.toContain('anna');
  });

  it('does not keep the next secret from being tried', () => {
    const ask: Ask = (secret) => (secret === 'b' ? accept({}, 'signed') : fall(secret));
    const { verification } = verify([credential('a'), credential('b')], ask);
    expect(verification).toMatchObject({ ok: true, credential: 'b' });
  });

  it.each([
    undefined,
    null,
    'yes',
    {},
    { ok: 1, payload: {}, trust: 'signed' },
    { ok: true, trust: 'signed' },
    { ok: true, payload: {}, trust: 'surely' },
    { ok: false, reason: 'toString' },
  ])('or answers %p has verified nothing either', (answer) => {
    const { verification, logged } = verify([credential('a')], () => answer as never);
    expect(verification).toEqual({ ok: false, reason: 'malformed' });
    expect(logged).toContain('"code":"WB_PLUGIN_SHAPE"');
  });
});
