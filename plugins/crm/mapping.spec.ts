import { describe, expect, it } from '@jest/globals';
import type { EventDraft, Normalized } from '#contract';
import { mappingFaults, normalizeDocument } from './mapping/normalize.js';
import { transformed } from './transform.js';

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

describe('fields', () => {
  it('change texts by the white list only', () => {
    expect(transformed(' Deal-7 ', ['trim', 'lower', 'strip-prefix:deal-'])).toBe('7');
    expect(transformed('a|b|c', ['after:|', 'before:|'])).toBe('b');
    expect(transformed('AB12.5', ['digits'])).toBe('125');
    expect(transformed('x.pdf', ['strip-suffix:.pdf', 'upper'])).toBe('X');
    expect(transformed('abc', ['digits'])).toBeUndefined();
  });

  it('fall back path by path, past placeholders, and look up words', () => {
    const clickId = (document: object, spec: unknown): unknown => {
      const found = one({ id: 'a', ...document }, { clickId: spec });
      return typeof found === 'string' ? found : found.attribution?.clickId;
    };
    expect(clickId({ a: '{click_id}', b: '', c: 'k' }, ['a', 'b', 'c'])).toBe('k');
    expect(clickId({ a: 'x-k' }, { path: 'a', transform: ['strip-prefix:x-'] })).toBe('k');
    expect(clickId({ a: 'one' }, { path: 'a', table: { one: 'K1' } })).toBe('K1');
    expect(clickId({ a: 'two' }, { path: 'a', table: { one: 'K1' } })).toBe('two');
    expect(clickId({ a: { '#text': 'k', '@id': '1' } }, 'a')).toBe('k');
    expect(clickId({ a: ['k'] }, 'a')).toBeUndefined();
  });

  it('take UTM values from a map or one by one', () => {
    const utm = (document: object, spec: unknown): unknown => {
      const found = one({ id: 'a', ...document }, { utm: spec });
      return typeof found === 'string' ? found : found.attribution?.utm;
    };
    expect(utm({ q: { utm_source: 's', medium: 'm', fbclid: 'no' } }, 'q')).toEqual({
      source: 's',
      medium: 'm',
    });
    expect(utm({ a: 's' }, { utm_source: 'a', term: 'gone' })).toEqual({ source: 's' });
    expect(utm({ q: 'text' }, 'q')).toBeUndefined();
  });

  it('park a record without id, order id or state', () => {
    expect(one({}, {})).toBe('externalId: "id" found nothing');
    expect(one({ id: 'null' }, {})).toBe('externalId: "id" found nothing');
    expect(one({ id: 1 }, { order: { id: ['o', 'p'] } })).toBe(
      'order.id: "o" or "p" found nothing',
    );
    expect(one({ id: 1 }, { record: { id: 'id', state: 's' } })).toBe(
      'record.state: "s" found nothing',
    );
  });

  it('never put a value into a reason', () => {
    const found = one(
      { id: 'a', m: 'jane@example.com' },
      { eventType: { path: 'm', table: { x: 'SALE' } }, amount: { path: 'm', unit: 'major' } },
    );
    expect(found).toBe(
      'eventType: "m" has a word that is not in the table, and else is not "ignore"',
    );
  });

  it('mark tests and flags', () => {
    const more = {
      test: [
        { path: 'mode', equals: ['test', 'sandbox'] },
        { path: 'live', equals: false },
      ],
      flags: [{ name: 'vip', when: [{ path: 'tier', op: 'eq', value: 'gold' }] }],
      dedupe: ['id'],
    };
    const marks = (document: object, defaults = {}): unknown => {
      const found = one({ id: 'a', ...document }, more, defaults);
      return typeof found === 'string' ? found : [found.test, found.flags];
    };
    expect(marks({})).toEqual([false, undefined]);
    expect(marks({ mode: 'sandbox', tier: 'gold' })).toEqual([true, ['vip']]);
    expect(marks({ live: false })).toEqual([true, undefined]);
    expect(marks({}, { test: true })).toEqual([true, undefined]);
  });
});

describe('keys', () => {
  const key = (document: object, more: object): string => {
    const found = one({ id: 'a', ...document }, more);
    return typeof found === 'string' ? found : found.key;
  };

  it('hold type, record and every dedupe value, kept apart', () => {
    expect(key({ e: 'x', w: 3 }, { dedupe: ['e', 'w'] })).toBe('SALE:a:x:3');
    expect(key({ e: 'x:3', w: '%' }, { dedupe: ['e', 'w'] })).toBe('SALE:a:x%3A3:%25');
    expect(key({ w: 3 }, { dedupe: [{ path: ['e', 'w'] }] })).toBe('SALE:a:3');
  });

  it('are synthetic and flagged when a dedupe value is missing', () => {
    const found = one({ id: 'a', e: 'x' }, { dedupe: ['e', 'w'] });
    expect(found).toMatchObject({
      key: expect.stringMatching(/^SALE:synthetic:[0-9a-f]{64}$/),
      flags: ['synthetic-key'],
    });
  });

  it('stay within 512 characters', () => {
    const long = key({ e: 'x'.repeat(600) }, { dedupe: ['e'] });
    expect(long).toMatch(/^SALE:long:[0-9a-f]{64}$/);
    expect(long).not.toBe(key({ e: 'x'.repeat(601) }, { dedupe: ['e'] }));
  });

  it('change with money and time, but not with anything of the delivery', () => {
    const more = { amount: { path: 'v', unit: 'major' }, currency: { const: 'USD' } };
    const base = key({ v: '1', attempt: 1 }, more);
    expect(key({ v: '1.00', attempt: 2 }, more)).toBe(base);
    expect(key({ v: '2', attempt: 1 }, more)).not.toBe(base);
  });
});

describe('several records', () => {
  const records = (n: number): object[] => Array.from({ length: n }, (_, i) => ({ id: i }));
  const all = { recordsAt: 'items', dedupe: ['id'] };

  it('give one event each, up to a hundred', () => {
    expect(count({ items: records(100) }, all)).toBe(100);
    expect(count({ items: records(101) }, all)).toBe(
      'recordsAt: more than 100 records in one notification',
    );
    expect(count({ items: [] }, all)).toBe(0);
    expect(count({ items: { id: 1 } }, all)).toBe(1);
    expect(count({}, all)).toBe('recordsAt: "items" found nothing');
    expect(count(records(3), { dedupe: ['id'] })).toBe(3);
  });

  it('are parked together, with the index, when one does not fit', () => {
    expect(count({ items: [{ id: 1 }, {}, { id: 3 }, null] }, all)).toBe(
      'record 1: externalId: "id" found nothing; record 3: externalId: "id" found nothing',
    );
    expect(
      count({ items: [...records(1), ...Array.from({ length: 9 }, () => ({}))] }, all),
    ).toMatch(/; and 4 more$/);
  });

  it('count the same fact once and refuse two facts under one key', () => {
    const more = { ...all, coupon: 'c' };
    expect(count({ items: [{ id: 1 }, { id: 1 }] }, more)).toBe(1);
    expect(count({ items: [{ id: 1 }, { id: 1, c: 'X' }] }, more)).toContain('give the same key');
  });

  it('may be read by several rules', () => {
    const rules = [
      { externalId: 'id', eventType: { path: 't', table: { won: 'SALE' }, else: 'ignore' } },
      { externalId: 'id', eventType: { path: 't', table: { lost: 'CANCELED' }, else: 'ignore' } },
    ];
    const types = (t: string): unknown => {
      const found = normalizeDocument({ id: 1, t }, rules, NONE);
      return 'notUnderstood' in found ? found : found.map((one) => (one as EventDraft).type);
    };
    expect([types('won'), types('lost'), types('open')]).toEqual([['SALE'], ['CANCELED'], []]);
    expect(normalizeDocument({ t: 'lost' }, rules, NONE)).toEqual({
      notUnderstood: 'mapping[1], externalId: "id" found nothing',
    });
  });
});

describe('the check at save time', () => {
  const fault = (more: object): string => mappingFaults({ ...BASE, ...more }).join('\n');

  it.each([
    [{ externalId: 'a..b' }, 'externalId is not a path'],
    [{ externalId: [] }, 'externalId must have 1 to 10 members'],
    [{ clickId: ['ok', 'a['] }, 'clickId[1] is not a path'],
    [{ clickid: 'a' }, 'clickid is not known here (known: externalId, eventType,'],
    [{ eventType: { path: 'e' } }, 'eventType needs path and table together'],
    [{ eventType: {} }, 'eventType must have either path (with table) or const'],
    [{ eventType: { const: 'WON' } }, 'eventType.const must be one of CLICK, LEAD'],
    [{ eventType: { const: 'ADJUSTMENT' } }, 'eventType.const must be one of'],
    [
      { eventType: { path: 'e', table: { won: 'SALE', lost: 'Cancelled' } } },
      'eventType.table["lost"] must be one of',
    ],
    [
      { eventType: { path: 'e', table: { a: 'SALE' }, else: 'error' } },
      'eventType.else must be one of ignore, park',
    ],
    [{ when: [{ path: 'a', op: 'matches', value: '(?=x)' }] }, 'when[0].value is not a pattern'],
    [{ when: [{ path: 'a', op: 'gt', value: 1 }] }, 'when[0].op must be one of eq, ne, in'],
    [{ when: [{ any: [{ any: [] }] }] }, 'when[0].any[0].op must be one of'],
    [{ amount: { path: 'v' } }, 'amount.unit is missing'],
    [{ amount: { path: 'v', unit: 'cents' } }, 'amount.unit must be one of major, minor'],
    [
      { amount: { path: 'v', unit: 'major', decimal: ',', thousands: ',' } },
      'thousands must differ from decimal',
    ],
    [{ amount: { path: 'v', unit: 'minor', decimal: ',' } }, 'belong to unit "major"'],
    [{ occurredAt: { path: 't', format: 'rfc' } }, 'occurredAt.format must be one of iso'],
    [
      { occurredAt: { path: 't', format: 'wall', zone: 'Berlin' } },
      'occurredAt.zone is not a time zone',
    ],
    [{ occurredAt: { path: 't', format: 'epoch_s', zone: 'UTC' } }, 'zone has no meaning'],
    [{ email: { path: 'e', transform: ['eval'] } }, 'email.transform[0] is not a transform'],
    [{ email: { path: 'e', const: 'x' } }, 'must have either path or const'],
    [{ flags: [{ name: 'Bad Flag', when: [] }] }, 'flags[0].name must be lower-case words'],
    [{ utm: { source: 'a[' } }, 'utm["source"] is not a path'],
    [{ test: { path: 'a' } }, 'test.equals is missing'],
  ])('names the fault of %j', (more, sentence) => {
    expect(fault(more)).toContain(sentence);
  });

  it('lists all faults at once and gives examples', () => {
    const faults = mappingFaults([{ externalId: 'a[', eventType: { const: 'X' } }, {}]);
    expect(faults.map((one) => one.split(' ')[0])).toEqual([
      '[0].externalId',
      '[0].eventType.const',
      '[1].externalId',
      '[1].eventType',
    ]);
    expect(faults[0]).toContain('e.g. "deal.custom[key=click_id].value"');
    expect(mappingFaults('x')).toEqual(['must be a map']);
  });

  it('parks everything while the mapping is not valid', () => {
    expect(one({ id: 1 }, { clickId: 'a[' })).toMatch(
      /^mapping is not valid: clickId is not a path/,
    );
  });
});
