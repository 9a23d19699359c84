import { describe, expect, it } from '@jest/globals';
import type { EventDraft, Normalized } from '#contract';
import { normalizeDocument } from './mapping/normalize.js';
import { valueAt } from './path.js';

const NONE = { currency: undefined, zone: undefined, test: false };

const BASE = { externalId: 'id', eventType: { const: 'SALE' } };

/** The events of a document under the base mapping and more members. */
function run(document: unknown, more: object, defaults: object = {}): Normalized {
  return normalizeDocument(document, { ...BASE, ...more }, { ...NONE, ...defaults });
}

/** The one event, or the reason that parks it. */
function one(document: unknown, more: object, defaults: object = {}): EventDraft | string {
  const found = run(document, more, defaults);
  if ('notUnderstood' in found) return found.notUnderstood;
  expect(found).toHaveLength(1);
  return found[0] as EventDraft;
}

const count = (document: unknown, more: object): number | string => {
  const found = run(document, more);
  return 'notUnderstood' in found ? found.notUnderstood : found.length;
};

describe('paths', () => {
  const scope = {
    root: {
      tenant: 't1',
      list: [
        { key: 'a', value: 1 },
        { key: 'b', value: 2 },
      ],
    },
    record: { 'deal[id]': '7', 'a.b': { 'c]d': 'x' }, list: [{ id: 'p' }, { id: 'q' }] },
  };

  it.each([
    ['["deal[id]"]', '7'],
    ['["a.b"]["c]d"]', 'x'],
    ['list[1].id', 'q'],
    ['list[id=p].id', 'p'],
    ['$.list[key=b].value', 2],
    ['$.tenant', 't1'],
    ['$["tenant"]', 't1'],
    ['@', scope.record],
    ['$', scope.root],
    ['constructor', undefined],
    ['__proto__.toString', undefined],
    ['list.length', undefined],
    ['deal[id]', undefined],
  ])('%s', (path, value) => {
    expect(valueAt(scope, path)).toEqual(value);
  });
});

describe('money', () => {
  const amount = (value: unknown, spec: object, currency = 'EUR', type = 'SALE'): unknown => {
    const found = one(
      { id: 'a', v: value },
      { eventType: { const: type }, amount: { path: 'v', ...spec }, currency: { const: currency } },
    );
    return typeof found === 'string' ? 'parked' : found.revenue?.amount;
  };

  it.each([
    ['19.99', { unit: 'major' }, 1999],
    [19.99, { unit: 'major' }, 1999],
    [1.005, { unit: 'major' }, 'parked'],
    ['1.234,56', { unit: 'major', decimal: ',', thousands: '.' }, 123456],
    ['1234,5', { unit: 'major', decimal: ',', thousands: '.' }, 123450],
    ['1,234.56', { unit: 'major', thousands: ',' }, 123456],
    ['1,234.56', { unit: 'major' }, 'parked'],
    ['12,34.56', { unit: 'major', thousands: ',' }, 'parked'],
    ['1.23', { unit: 'major', decimal: ',', thousands: '.' }, 'parked'],
    ['1 234 567,00', { unit: 'major', decimal: ',', thousands: ' ' }, 123456700],
    ['1\u202f234,00', { unit: 'major', decimal: ',', thousands: ' ' }, 123400],
    ["1'234.50", { unit: 'major', thousands: "'" }, 123450],
    [1.234, { unit: 'major', decimal: ',', thousands: '.' }, 'parked'],
    [1234.5, { unit: 'major', decimal: ',', thousands: '.' }, 123450],
    ['€ 12.00', { unit: 'major' }, 'parked'],
    ['€ 12.00', { unit: 'major', transform: ['strip-prefix:€'] }, 1200],
    ['FREE', { unit: 'major' }, 'parked'],
    ['NaN', { unit: 'major' }, 'parked'],
    ['1e5', { unit: 'major' }, 'parked'],
    ['Infinity', { unit: 'major' }, 'parked'],
    [true, { unit: 'major' }, 'parked'],
    ['1999', { unit: 'minor' }, 1999],
    ['19.99', { unit: 'minor' }, 'parked'],
    ['0', { unit: 'major' }, 0],
    [90071992547409.91, { unit: 'major' }, 'parked'],
    ['90071992547409.91', { unit: 'major' }, 9007199254740991],
    ['90071992547409.92', { unit: 'major' }, 'parked'],
  ])('%j %j', (value, spec, wanted) => {
    expect(amount(value, spec)).toBe(wanted);
  });

  it('follows the currency', () => {
    expect(amount('1200', { unit: 'major' }, 'jpy')).toBe(1200);
    expect(amount('1.234', { unit: 'major' }, 'KWD')).toBe(1234);
    expect(amount('120000', { unit: 'minor', minorDigits: 2 }, 'JPY')).toBe(1200);
    expect(amount('120001', { unit: 'minor', minorDigits: 2 }, 'JPY')).toBe('parked');
    expect(amount('1', { unit: 'major' }, 'EURO')).toBe('parked');
  });

  it('drops a minus sign where money goes back and refuses it elsewhere', () => {
    const minus = (type: string): unknown => amount('-5.00', { unit: 'major' }, 'EUR', type);
    expect(['REFUND', 'CHARGEBACK', 'CANCELED'].map(minus)).toEqual([500, 500, 500]);
    expect(['SALE', 'REBILL', 'LEAD'].map(minus)).toEqual(['parked', 'parked', 'parked']);
    expect(amount('-0.00', { unit: 'major' })).toBe(0);
  });

  it('is needed for a sale, but a refund without it is a full one', () => {
    const missing = (type: string, more = {}) =>
      amount(null, { unit: 'major', ...more }, 'EUR', type);
    expect([missing('SALE'), missing('REBILL'), missing('REFUND'), missing('LEAD')]).toEqual([
      'parked',
      'parked',
      undefined,
      undefined,
    ]);
    expect(missing('SALE', { required: false })).toBeUndefined();
    expect(missing('LEAD', { required: true })).toBe('parked');
  });

  it('takes the default currency only where the notification names none', () => {
    const more = { amount: { path: 'v', unit: 'major' }, currency: 'c' };
    const money = (document: object): unknown => {
      const found = one(document, more, { currency: 'USD' });
      return typeof found === 'string' ? found : found.revenue;
    };
    expect(money({ id: 1, v: '1' })).toEqual({ amount: 100, currency: 'USD' });
    expect(money({ id: 1, v: '1', c: 'gbp' })).toEqual({ amount: 100, currency: 'GBP' });
    expect(money({ id: 1, v: '1', c: '??' })).toContain('no ISO 4217 currency');
  });
});

describe('time', () => {
  const time = (value: unknown, spec: object, zone?: string): unknown => {
    const found = one({ id: 'a', t: value }, { occurredAt: { path: 't', ...spec } }, { zone });
    return typeof found === 'string' ? 'parked' : found.occurredAt;
  };

  it.each([
    ['2026-11-20T10:00:00+01:00', { format: 'iso' }, '2026-11-20T09:00:00.000Z'],
    ['2026-11-20T10:00:00', { format: 'iso' }, 'parked'],
    ['2026-11-20T10:00:00.842000', { format: 'iso', zone: 'UTC' }, '2026-11-20T10:00:00.842Z'],
    [1795168800, { format: 'epoch_s' }, '2026-11-20T10:00:00.000Z'],
    ['1795168800123', { format: 'epoch_ms' }, '2026-11-20T10:00:00.123Z'],
    [1795168800123, { format: 'epoch_s' }, 'parked'],
    ['2026-07-01 12:00:00', { format: 'wall', zone: 'Europe/Berlin' }, '2026-07-01T10:00:00.000Z'],
    ['2026-11-20', { format: 'date', zone: 'America/New_York' }, '2026-11-20T05:00:00.000Z'],
    ['2026-11-20 10:00', { format: 'date' }, 'parked'],
    ['0000-00-00 00:00:00', { format: 'wall' }, 'parked'],
    [
      '/Date(1795168800123)/',
      { format: 'epoch_ms', transform: ['digits'] },
      '2026-11-20T10:00:00.123Z',
    ],
    ['yesterday', { format: 'iso' }, 'parked'],
  ])('%j %j', (value, spec, wanted) => {
    expect(time(value, spec)).toBe(wanted);
  });

  it('takes the zone of the settings where the mapping names none', () => {
    expect(time('2026-07-01 12:00:00', { format: 'wall' }, 'Europe/Berlin')).toBe(
      '2026-07-01T10:00:00.000Z',
    );
  });

  it('is null and flagged when missing, and flagged in the hour that exists twice', () => {
    const spec = { occurredAt: { path: 't', format: 'wall', zone: 'Europe/Berlin' } };
    const flags = (document: object): unknown => {
      const found = one(document, { ...spec, dedupe: ['id'] });
      return typeof found === 'string' ? found : [found.occurredAt === null, found.flags];
    };
    expect(flags({ id: 1 })).toEqual([true, ['occurred-at-missing']]);
    expect(flags({ id: 1, t: '2026-10-25 02:30:00' })).toEqual([false, ['ambiguous-hour']]);
    expect(flags({ id: 1, t: '2026-10-25 04:30:00' })).toEqual([false, undefined]);
  });
});

describe('conditions', () => {
  const document = {
    id: 'a',
    s: 'Won',
    n: 5,
    f: true,
    z: null,
    e: '',
    prev: { s: 'open', z: 'x' },
  };
  const when = (...conditions: object[]): number | string => count(document, { when: conditions });

  it.each([
    [{ path: 's', op: 'eq', value: 'Won' }, 1],
    [{ path: 's', op: 'eq', value: 'won' }, 0],
    [{ path: 's', op: 'eq', value: 'won', transform: ['lower'] }, 1],
    [{ path: 'n', op: 'eq', value: 5 }, 1],
    [{ path: 'f', op: 'eq', value: true }, 1],
    [{ path: 'gone', op: 'ne', value: 'x' }, 1],
    [{ path: 's', op: 'ne', value: 'Won' }, 0],
    [{ path: 's', op: 'in', value: ['Lost', 'Won'] }, 1],
    [{ path: 'gone', op: 'in', value: ['undefined'] }, 0],
    [{ path: ['gone', 's'], op: 'exists' }, 1],
    [{ path: 'z', op: 'exists' }, 0],
    [{ path: 'e', op: 'exists' }, 0],
    [{ path: 'prev', op: 'exists' }, 1],
    [{ path: 'z', op: 'not-exists' }, 1],
    [{ path: 's', op: 'changed', previous: 'prev.s' }, 1],
    [{ path: 'z', op: 'changed', previous: 'prev.z' }, 1],
    [{ path: 's', op: 'changed', previous: 's' }, 0],
    [{ path: 'n', op: 'changed', previous: 'prev.n' }, 0],
    [{ path: 's', op: 'matches', value: '^W[o0]n$' }, 1],
    [{ path: 's', op: 'matches', value: '^o' }, 0],
    [{ path: 'gone', op: 'matches', value: '.*' }, 0],
    [
      {
        any: [
          { path: 's', op: 'eq', value: 'x' },
          { path: 'n', op: 'eq', value: 5 },
        ],
      },
      1,
    ],
    [{ any: [{ path: 's', op: 'eq', value: 'x' }] }, 0],
  ])('%j', (condition, wanted) => {
    expect(when(condition)).toBe(wanted);
  });

  it('must all hold', () => {
    const yes = { path: 's', op: 'eq', value: 'Won' };
    const no = { path: 's', op: 'eq', value: 'Lost' };
    expect([when(yes, yes), when(yes, no)]).toEqual([1, 0]);
  });

  it('match patterns in linear time', () => {
    const started = performance.now();
    expect(
      count(
        { id: 'a', t: `${'a'.repeat(9_000)}!` },
        { when: [{ path: 't', op: 'matches', value: '(a+)+$' }] },
      ),
    ).toBe(0);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
