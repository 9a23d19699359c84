import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MASK } from '#contract';
import { KeyRing } from '../../platform/secrets/key-ring.js';
import { SealError } from '../../platform/secrets/envelope.js';
import type { At, StoredObject } from '../stored-objects.js';
import { toys } from '../toys.spec-kit.js';
import { openObject, rewrapped, sealObject, type ObjectDoc } from './sealing.js';
import {
  leavesOf,
  masks,
  secretPlaces,
  secretsAsTexts,
  shownData,
  unmasked,
} from './secret-places.js';

const key = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString('base64')}`;
const ring = KeyRing.open('/nowhere', key('a', 1));
const around = { registry: toys, pluginOf: (id: string) => (id === 'tap' ? 'partner' : undefined) };

/** JSON as it arrives, with names that are none elsewhere, and no mask in it. */
const json = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.string({ unit: 'grapheme' }).filter((text) => !text.includes(MASK)),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  ),
  node: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', '$set', 'a.b', '0')),
      tie('node'),
      { maxKeys: 4 },
    ),
  ),
}));
const object = fc.dictionary(fc.string({ minLength: 1 }), json.node, { maxKeys: 5 });

const docOf = (stored: StoredObject): ObjectDoc => ({
  _id: 'r1',
  section: stored.section,
  id: stored.id,
  ...sealObject(stored, () => ring),
  at: new Date(0),
});

const sample = (secret: string): StoredObject => ({
  section: 'accounts',
  id: 'shop',
  data: { source: 'shop', credentials: { vendor: 'v', secretKey: secret } },
  secrets: [['credentials', 'secretKey']],
});

describe('a stored object', () => {
  it('opens as what it was, whatever it holds and whichever texts are secret', () => {
    fc.assert(
      fc.property(object, fc.func(fc.boolean()), (given, isSecret) => {
        const data = JSON.parse(JSON.stringify(given)) as Record<string, unknown>;
        const secrets = [...leavesOf(data)].flatMap(([at, text]): At[] =>
          isSecret(text) ? [at] : [],
        );
        const stored = { section: 'targets', id: 'x', data, secrets } as const;
        const doc = JSON.parse(JSON.stringify(docOf(stored))) as ObjectDoc;
        expect(openObject(doc, ring)).toEqual(stored);
        expect(unmasked(shownData(data, secrets), data)).toEqual(data);
      }),
      { numRuns: 300 },
    );
  });

  it('holds no secret as it is, and does not open as another object, nor after a swap of two of its places', () => {
    const doc = docOf(sample('sk_live_4711'));
    expect(JSON.stringify(doc)).not.toContain('sk_live_4711');
    for (const other of [
      { ...doc, id: 'other' },
      { ...doc, section: 'targets' as const },
    ])
      expect(() => openObject(other, ring)).toThrow(SealError);
    const [first] = doc.secrets;
    const moved = {
      ...doc,
      secrets: [{ at: '["credentials","vendor"]', sealed: first?.sealed }],
    } as ObjectDoc;
    expect(() => openObject(moved, ring)).toThrow(SealError);
    const { key: _gone, ...keyless } = doc;
    expect(() => openObject(keyless as ObjectDoc, ring)).toThrow('has no data key');
  });

  it('opens under a new key once its data key was wrapped anew, its ciphertext untouched', () => {
    const doc = docOf(sample('sk_live_4711'));
    const both = KeyRing.open('/nowhere', `${key('b', 2)},${key('a', 1)}`);
    const wrapped = rewrapped(doc, both);
    expect(wrapped?.kek).toBe('b');
    const moved = { ...doc, ...(wrapped ? { key: wrapped } : {}) };
    expect(openObject(moved, KeyRing.open('/nowhere', key('b', 2))).data).toEqual(
      sample('sk_live_4711').data,
    );
    expect(rewrapped(moved, both)).toBeUndefined();
  });
});

describe('the secrets of an object', () => {
  it.each([
    [
      'accounts',
      { source: 'shop', credentials: { vendor: 'v', secretKey: 's3cret' } },
      [['credentials', 'secretKey']],
    ],
    [
      'accounts',
      { source: 'shop', credentials: [{ secretKey: 'a' }, { secretKey: '${env:X}' }] },
      [['credentials', 0, 'secretKey']],
    ],
    [
      'accounts',
      { source: 'shop', credentials: { secretKey: 'pre-${env:X}' } },
      [['credentials', 'secretKey']],
    ],
    [
      'accounts',
      { source: 'crm', credentials: { verifier: { preset: 'p', secret: 's3cret' } } },
      [['credentials', 'verifier', 'secret']],
    ],
    ['accounts', { source: 'nobody', credentials: { secretKey: 'x' } }, []],
    [
      'targets',
      { target: 'partner', settings: { apiKey: 'k3y', baseUrl: 'https://x.example' } },
      [['settings', 'apiKey']],
    ],
    [
      'routes',
      { from: '*', to: 'one, tap', settings: { apiKey: 'k3y' } },
      [['settings', 'apiKey']],
    ],
    ['routes', { from: '*', to: ['one'], settings: { apiKey: 'k3y' } }, []],
    ['offers', { id: 'o', url: 'https://x.example' }, []],
  ] as const)('in %s %p are at %p', (section, data, places) => {
    expect(secretPlaces(section, data, around)).toEqual(places);
  });

  it('that were given as numbers become texts first, or they would be kept as they are', () => {
    const data = { target: 'partner', settings: { apiKey: 12345678, limit: 5 } };
    const texts = secretsAsTexts('targets', data, around);
    expect(texts).toEqual({ target: 'partner', settings: { apiKey: '12345678', limit: 5 } });
    expect(secretPlaces('targets', texts, around)).toEqual([['settings', 'apiKey']]);
  });

  it('are found again by the id of their item when the list has changed', () => {
    const before = {
      credentials: [
        { id: 'b', key: 'old-b' },
        { id: 'a', key: 'old-a' },
      ],
    };
    const next = {
      credentials: [
        { id: 'c', key: MASK },
        { id: 'a', key: MASK },
        { id: 'b', key: MASK },
      ],
    };
    const data = unmasked(next, before);
    expect(data).toEqual({
      credentials: [
        { id: 'c', key: MASK },
        { id: 'a', key: 'old-a' },
        { id: 'b', key: 'old-b' },
      ],
    });
    expect(masks(data)).toEqual([['credentials', 0, 'key']]);
  });
});
