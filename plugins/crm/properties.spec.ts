import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal, type Notification } from '#contract';
import { draftListFaults } from '../../src/testing/draft-rules.js';
import { CrmCredentials } from './credentials.js';
import { settings } from './fixtures/seal.js';
import plugin from './index.js';
import { mappingFaults, normalizeDocument } from './mapping/normalize.js';
import { verifierFaults, verifierSecrets } from './verifier/verify.js';

const NONE = { currency: 'USD', zone: 'Europe/Berlin', test: false };

const NAMES = ['id', 'type', 'total', 'cur', 'at', 'x', '__proto__', 'constructor', 'a.b', '#text'];

const leaf = fc.oneof(
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, 'SALE', 'won', '19.99', '-5', '2026-11-20T10:00:00Z', '{id}', ''),
);

/** JSON whose names are those that the mappings below ask for. */
const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, leaf, tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 6 }),
})).value;

const paths = fc.constantFrom(
  'id',
  'type',
  'x[0].id',
  '["a.b"]',
  'x[type=won].total',
  '$.id',
  '@',
  '$',
  'at',
  'cur',
  'total',
);
const field = fc.oneof(
  paths,
  fc.array(paths, { minLength: 1, maxLength: 3 }),
  fc.record({
    path: paths,
    transform: fc.constantFrom(['lower'], ['digits', 'trim'], ['before:-']),
  }),
);
const condition = fc.oneof(
  fc.record({ path: paths, op: fc.constantFrom('exists', 'not-exists') }),
  fc.record({ path: paths, op: fc.constantFrom('eq', 'ne'), value: leaf }),
  fc.record({ path: paths, op: fc.constant('changed'), previous: paths }),
  fc.record({
    path: paths,
    op: fc.constant('matches'),
    value: fc.constantFrom('won', '(a+)+$', '['),
  }),
);
const amount = fc.record(
  {
    path: paths,
    unit: fc.constantFrom('major', 'minor'),
    decimal: fc.constantFrom('.', ','),
    thousands: fc.constantFrom(' ', '.', ','),
  },
  { requiredKeys: ['path', 'unit'] },
);

const member = fc.oneof(
  fc.record({ recordsAt: paths }),
  fc.record({ when: fc.array(condition, { minLength: 1, maxLength: 2 }) }),
  fc.record({ amount }),
  fc.record({ payout: amount }),
  fc.record({ currency: field }),
  fc.record({
    occurredAt: fc.record({
      path: paths,
      format: fc.constantFrom('iso', 'epoch_s', 'epoch_ms', 'wall', 'date'),
    }),
  }),
  fc.record({
    email: field,
    clickId: field,
    subIds: fc.array(field, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ utm: paths }),
  fc.record({
    order: fc.record({ id: field, aliases: fc.array(field, { minLength: 1, maxLength: 2 }) }),
  }),
  fc.record({ record: fc.record({ id: field, state: field }) }),
  fc.record({ dedupe: fc.array(field, { minLength: 1, maxLength: 2 }) }),
  fc.record({ test: fc.record({ path: paths, equals: leaf }) }),
);

const eventType = fc.oneof(
  fc.record({ const: fc.constantFrom('SALE', 'REFUND', 'LEAD') }),
  fc.record({
    path: fc.constantFrom('type', 'x[0].type'),
    table: fc.constant({ won: 'SALE', SALE: 'REFUND' }),
    else: fc.constantFrom('ignore', 'park'),
  }),
);

/** Mostly valid: an id, a type and up to three more members. */
const mapping = fc
  .tuple(fc.record({ externalId: field, eventType }), fc.array(member, { maxLength: 3 }))
  .map(([base, more]) => Object.assign({}, base, ...more) as object);

const notification = fc.oneof(
  json,
  fc.record({
    id: fc.oneof(fc.integer(), fc.string({ minLength: 1 })),
    type: fc.constantFrom('won', 'SALE', 'lost'),
    total: fc.constantFrom('19.99', '1.234,50', 5, -5, '-7.10', 'FREE', null),
    cur: fc.constantFrom('USD', 'jpy', '?', null),
    at: fc.constantFrom('2026-11-20T10:00:00Z', '2026-11-20 10:00:00', '2026-11-20', 1795168800),
    x: json,
  }),
);

const call = (body: Buffer, more: Partial<Notification> = {}): Notification => ({
  method: 'POST',
  url: '',
  pathToken: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  query: '',
  headers: {},
  body,
  receivedAt: 0,
  ...more,
});

const open = Object.assign(new CrmCredentials(), {
  verifier: { preset: 'secret-url', pathToken: '0f1e2d3c4b5a69788796a5b4c3d2e1f0' },
});

describe('whatever comes', () => {
  it('a mapping that passes its check gives lawful events or a reason, the same each time', () => {
    let drafts = 0;
    fc.assert(
      fc.property(notification, mapping, (document, rule) => {
        const first = normalizeDocument(document, rule, NONE);
        expect(normalizeDocument(structuredClone(document), structuredClone(rule), NONE)).toEqual(
          first,
        );
        if ('notUnderstood' in first) {
          expect(first.notUnderstood).not.toBe('');
        } else {
          drafts += first.length;
          expect(draftListFaults(first)).toEqual([]);
        }
      }),
      { numRuns: 2000 },
    );
    expect(drafts).toBeGreaterThan(200);
  });

  it('random mappings and verifiers are checked without a throw', () => {
    fc.assert(
      fc.property(json, fc.anything(), json, (document, junk, more) => {
        for (const one of [
          junk,
          more,
          { externalId: 'id', eventType: junk },
          { ...(Object(more) as object), externalId: more },
        ]) {
          const faults = mappingFaults(one);
          const result = normalizeDocument(document, one, NONE);
          expect(faults.length === 0 || 'notUnderstood' in result).toBe(true);
        }
        for (const one of [junk, { preset: 'hmac', ...(Object(junk) as object) }]) {
          const verdict = plugin.verify(
            call(Buffer.from('{}')),
            Object.assign(new CrmCredentials(), { verifier: one }),
            [],
          );
          expect(verifierFaults(one).length === 0 || !verdict.ok).toBe(true);
          expect(verifierSecrets(one).every((secret) => typeof secret === 'string')).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('random bytes are refused or read, and reopen to the same payload', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((one) => Buffer.from(one)),
      fc.json().map((one) => Buffer.from(one)),
      fc
        .tuple(fc.constantFrom('{', '[', '<', '<a>', 'a='), fc.string())
        .map((one) => Buffer.from(one.join(''))),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        const notification = call(body);
        const verdict = plugin.verify(notification, open, []);
        if (!verdict.ok) {
          expect(['malformed', 'empty', 'too-deep']).toContain(verdict.reason);
          return;
        }
        expect(plugin.reopen?.({ method: 'POST', query: '', headers: {}, body })).toEqual(
          verdict.payload,
        );
        const result = plugin.normalize(verdict.payload, {
          settings: { mapping: settings?.['mapping'] as never },
        });
        expect(result).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });

  it('the text of an amount survives the way through', () => {
    const money = fc.record({
      amount: fc.integer({ min: 0, max: 9_999_999_999_999 }),
      currency: fc.constantFrom('USD', 'JPY', 'KWD', 'EUR'),
    });
    const grouped = (text: string): string => {
      const [whole = '', fraction] = text.split('.');
      const groups = whole.replace(/\B(?=(?:\d{3})+$)/g, '.');
      return fraction === undefined ? groups : `${groups},${fraction}`;
    };
    fc.assert(
      fc.property(money, (value) => {
        const rule = (more: object) => ({
          externalId: 'id',
          eventType: { const: 'SALE' },
          currency: 'c',
          amount: { path: 'v', unit: 'major', ...more },
        });
        const read = (v: unknown, more: object): unknown =>
          normalizeDocument({ id: 'a', c: value.currency, v }, rule(more), NONE);
        const plain = decimal(value);
        expect(read(plain, {})).toMatchObject([{ revenue: value }]);
        expect(read(grouped(plain), { decimal: ',', thousands: '.' })).toMatchObject([
          { revenue: value },
        ]);
        expect(read(Number(plain), {})).toMatchObject([{ revenue: value }]);
        expect(read(value.amount, { unit: 'minor' })).toMatchObject([{ revenue: value }]);
      }),
      { numRuns: 500 },
    );
  });
});
