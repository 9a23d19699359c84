import { describe, expect, it } from '@jest/globals';
import {
  accept,
  hmac,
  parseJson,
  reject,
  safeEqual,
  strictHex,
  textAt,
  type Json,
  type Notification,
} from '../contract/index.js';
import type { Check } from './fault.js';
import { impurities } from './purity.js';
import { sourceReadmeFaults, targetReadmeFaults } from './readme-checks.js';
import { sourceChecks } from './source-checks.js';
import { targetChecks } from './target-checks.js';
import {
  toyCases,
  toysAreSound,
  toySeal,
  toySource,
  toyTarget,
  toyTargetCases,
  toyTargetSettings,
} from './toy.fixture.js';

/** Faults by the name of the check that found them, the case's name cut off. */
function found(checks: readonly Check[]): Record<string, readonly string[]> {
  const faulty = checks.map((one) => [one.name.replace(/^[\w-]+: /, ''), one.run()] as const);
  return Object.fromEntries(faulty.filter(([, faults]) => faults.length > 0));
}

type Faulty = Parameters<typeof toySource>[0];

const source = (faulty?: Faulty, cases = toyCases) =>
  found(sourceChecks(toySource(faulty), cases, toySeal));

const sound = toySource();

/** A normalize whose drafts are changed before they are handed on. */
const changed = (change: (draft: object, payload: Json) => object): Faulty => ({
  normalize: (payload, context) => {
    const drafts = sound.normalize(payload, context);
    return (drafts as readonly object[]).map((draft) => change(draft, payload)) as never;
  },
});

const lastPart = (name: string): RegExp => new RegExp(name);

describe('the source suite', () => {
  it('finds nothing wrong with a sound plugin', () => {
    expect(toysAreSound()).toBe(true);
    expect(source()).toEqual({});
  });

  it('misses no dropped signature check', () => {
    const lenient = ({ headers, body }: Notification, { secret }: { secret: string }) => {
      const given = strictHex(headers['x-toy'], 32);
      if (given && !safeEqual(given, hmac('sha256', secret, body))) return reject('bad-signature');
      const parsed = parseJson(body);
      return parsed.ok ? accept(parsed.value, 'signed') : reject(parsed.fault);
    };
    const report = source({ verify: lenient });
    expect(report['each header dropped is refused or harmless']?.join()).toContain(
      'without header x-toy anyone may change the body',
    );
  });

  it('misses no verifier that checks nothing', () => {
    const report = source({
      verify: ({ body }) => {
        const parsed = parseJson(body);
        return parsed.ok ? accept(parsed.value, 'signed') : reject(parsed.fault);
      },
    });
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining([
        'golden meaning',
        'each credential wrong is refused',
        'flipped bits are refused or harmless',
      ]),
    );
  });

  it.each<[string, Faulty, string]>([
    [
      'float money',
      changed((draft) => ({ ...draft, revenue: { amount: 19.99, currency: 'USD' } })),
      'obey',
    ],
    [
      'negative money',
      changed((draft) => ({ ...draft, revenue: { amount: -1, currency: 'USD' } })),
      'obey',
    ],
    [
      'an unknown currency',
      changed((draft) => ({ ...draft, revenue: { amount: 1, currency: 'usd' } })),
      'obey',
    ],
    ['the clock in the key', changed((draft) => ({ ...draft, key: `k${Date.now()}` })), 'no clock'],
    ['dice in the key', changed((draft) => ({ ...draft, key: `k${Math.random()}` })), 'no clock'],
    [
      'a time without zone',
      changed((draft) => ({ ...draft, occurredAt: '2026-11-20 10:00:00' })),
      'obey',
    ],
    ['a numeric order id', changed((draft) => ({ ...draft, order: { id: 5 } })), 'obey'],
    ['an empty click id', changed((draft) => ({ ...draft, attribution: { clickId: '' } })), 'obey'],
    ['a type of its own', changed((draft) => ({ ...draft, type: 'BOUGHT' })), 'obey'],
    ['a key of 600 characters', changed((draft) => ({ ...draft, key: 'k'.repeat(600) })), 'obey'],
    [
      'a word without a row',
      changed((draft) => ({ ...draft, nativeType: 'traded' })),
      'event table',
    ],
    [
      'the secret in a draft',
      changed((draft) => ({ ...draft, nativeType: 'toy-secret-4711' })),
      'no secret',
    ],
    [
      'a key twice',
      { normalize: (...all) => [sound.normalize(...all), sound.normalize(...all)].flat() as never },
      'obey',
    ],
    [
      'a payload that is changed',
      changed((draft, payload) => Object.assign(payload as object, draft)),
      'golden',
    ],
    ['another payload on reopening', { reopen: () => ({ id: 'other' }) }, 'reopened'],
    [
      'a refusal as acknowledgement',
      { acknowledge: () => ({ status: 500, body: '' }) },
      'acknowledgement',
    ],
  ])('misses no %s', (_what, faulty, name) => {
    expect(Object.keys(source(faulty))).toEqual(
      expect.arrayContaining([expect.stringMatching(lastPart(name))]),
    );
  });

  it('misses no payload that is no plain data', () => {
    const report = source({
      verify: (...all) => {
        const verdict = sound.verify(...all);
        return verdict.ok
          ? accept({ id: textAt(verdict.payload, 'id'), at: new Date(0) } as never, 'signed')
          : verdict;
      },
    });
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining(['payload is plain data and can be reopened']),
    );
  });

  it('misses no verifier that throws on a broken body', () => {
    const report = source({
      verify: (notification, credentials, materials) => {
        JSON.parse(notification.body.toString('utf8'));
        return sound.verify(notification, credentials, materials);
      },
    });
    expect(report['flipped bits never make it throw']?.join()).toContain('threw SyntaxError');
  });

  it('misses no verifier that signs a re-serialization instead of the bytes', () => {
    const report = source({
      verify: ({ headers, body }, { secret }) => {
        const parsed = parseJson(body);
        const given = strictHex(headers['x-toy'], 32);
        if (!parsed.ok || !given) return reject('malformed');
        const { id = null, total = null, note = null } = parsed.value as Record<string, Json>;
        const text = JSON.stringify({ id, total, note: 'toy' });
        return safeEqual(given, hmac('sha256', secret, text))
          ? accept({ id, total: note === 'toy' ? total : '0' }, 'signed')
          : reject('bad-signature');
      },
    });
    expect(Object.keys(report)).toContain('flipped bits are refused or harmless');
  });

  it('asks for eight cases, a refused one among them', () => {
    const [first] = toyCases;
    const report = source({}, first ? [first] : []);
    expect(report['brings enough cases']).toEqual([
      '1 cases; a source brings at least 8',
      'no case is a rejected one',
    ]);
  });

  it('asks that a sale and its refund have keys of their own', () => {
    const refund = changed((draft, payload) => ({
      ...draft,
      key: 'same',
      type: textAt(payload, 'id') === 'b' ? 'REFUND' : 'SALE',
    }));
    expect(source(refund)['a key names one fact']?.join()).toContain('key same names a SALE');
  });
});

describe('the target suite', () => {
  const target = (faulty?: Parameters<typeof toyTarget>[0]) =>
    found(targetChecks(toyTarget(faulty), toyTargetCases, toyTargetSettings));
  const soundTarget = toyTarget();

  it('finds nothing wrong with a sound plugin', () => {
    expect(target()).toEqual({});
  });

  it.each<[string, Parameters<typeof toyTarget>[0], string]>([
    ['throw on HTML', { classify: ({ body }) => JSON.parse(body) as never }, 'answers of any kind'],
    ['outcome of its own', { classify: () => ({ kind: 'fine' }) as never }, 'answers of any kind'],
    ['wrong outcome', { classify: () => ({ kind: 'refused', reason: 'always' }) }, 'answer ok'],
    [
      'secret in the shown URL',
      { build: () => ({ method: 'GET', url: 'https://p.example/partner-key-4711/' }) },
      'no secret',
    ],
    [
      'clock in the request',
      { build: () => ({ method: 'GET', url: `https://p.example/?t=${Date.now()}` }) },
      'no clock',
    ],
    [
      'event that is changed',
      { build: (event, ...rest) => soundTarget.build(Object.assign(event, { id: 'x' }), ...rest) },
      'golden request',
    ],
    [
      'URL pasted together',
      {
        build: (event) => ({
          method: 'GET',
          url: `https://p.example/?c=${event.attribution.clickId}`,
        }),
      },
      'hostile',
    ],
    [
      'throw on absent facts',
      {
        build: (event) => ({
          method: 'GET',
          url: `https://p.example/?n=${event.order!.id.length}`,
        }),
      },
      'bare facts',
    ],
    ['type that it does not accept', { accepts: ['REFUND'] }, 'lawful'],
    ['skip without a known reason', { build: () => ({ skip: 'mood' }) as never }, 'lawful'],
    ['fault in its own sample settings', { lint: () => ['address is odd'] }, 'sample settings'],
  ])('misses no %s', (_what, faulty, name) => {
    expect(Object.keys(target(faulty))).toEqual(
      expect.arrayContaining([expect.stringMatching(lastPart(name))]),
    );
  });
});

describe('the checks of text', () => {
  it.each([
    ['const at = Date.now();', 'reads the clock (Date.now)'],
    ['const at = new Date();', 'reads the clock (new Date())'],
    ['const id = randomUUID();', 'throws dice (node:crypto)'],
    ["fetch('https://a.example')", 'does I/O (fetch)'],
    [
      'if (headers.signature === wanted) return true;',
      ':1 compares a secret with ===; use safeEqual',
    ],
    [
      "if (mac.digest('hex') !== given) return false;",
      ':1 compares a secret with ===; use safeEqual',
    ],
    ['return given === expectedToken;', ':1 compares a secret with ===; use safeEqual'],
  ])('finds %s', (line, fault) => {
    expect(impurities('a.ts', line).join()).toContain(fault);
  });

  it.each([
    'const at = new Date(seconds * 1000);',
    "if (token === undefined || token === '') return reject('bad-token');",
    'if (signature.length !== 64) return undefined;',
    "if (field.kind === 'secret') return 1;",
    '// Date.now() is not for plugins',
    "const url = 'https://a.example/fetch';",
  ])('lets %s pass', (line) => {
    expect(impurities('a.ts', line)).toEqual([]);
  });

  it('wants every row of the event table in the README, with what it becomes', () => {
    const plugin = toySource({
      events: [
        { native: 'sold', becomes: 'SALE' },
        { native: 'taken.back', becomes: 'REFUND' },
        { native: 'ping', becomes: 'test' },
      ],
    });
    expect(
      sourceReadmeFaults(plugin, '| `sold` | SALE |\n| `ping` | test |\n| `taken.back` | SALE |'),
    ).toEqual(['README does not say that "taken.back" becomes REFUND']);
    expect(sourceReadmeFaults(plugin, 'sold, taken.back')).toHaveLength(3);
  });

  it('wants every accepted type in the README of a target', () => {
    const plugin = toyTarget({ accepts: ['LEAD', 'QUALIFIED_LEAD'] });
    expect(targetReadmeFaults(plugin, 'QUALIFIED_LEAD only')).toEqual([
      'README does not name LEAD',
    ]);
  });
});
