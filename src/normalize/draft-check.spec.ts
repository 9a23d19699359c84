import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EVENT_TYPES, type EventDraft } from '../contract/index.js';
import { draftFault } from './draft-check.js';

const draft = (more: Record<string, unknown> = {}): EventDraft =>
  ({
    key: 'SALE:1',
    type: 'SALE',
    nativeType: 'sale',
    test: false,
    occurredAt: '2026-11-20T10:00:00.000Z',
    ...more,
  }) as EventDraft;

const money = (amount: unknown, currency: unknown = 'USD') => ({ amount, currency });

describe('the canonical invariants', () => {
  it.each<[string, Record<string, unknown>]>([
    ['the least', {}],
    ['no time', { occurredAt: null }],
    ['the longest key', { key: 'k'.repeat(512) }],
    ['the longest order id', { order: { id: 'o'.repeat(256) } }],
    ['money', { revenue: money(4900), payout: money(0, 'JPY') }],
    ['the largest amount', { revenue: money(Number.MAX_SAFE_INTEGER) }],
    [
      'every member',
      {
        order: { id: 'A', parentId: 'P', line: '1', sequence: 2, aliases: ['B'] },
        attribution: { clickId: 'c', coupon: undefined, utm: { source: 'x' }, subIds: ['', 's'] },
        customer: { id: 'c7', email: undefined },
        consent: { state: 'granted', region: null },
        flags: ['late'],
        reversesKey: 'SALE:0',
        record: { id: '1', state: 'won' },
      },
    ],
    ['a correction downwards', { type: 'ADJUSTMENT', revenue: money(-100), payout: money(-1) }],
  ])('allow %s', (_name, more) => {
    expect(draftFault(draft(more))).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no key', { key: undefined }, /key/],
    ['an empty key', { key: '' }, /key/],
    ['a key that is no text', { key: 7 }, /key/],
    ['a key too long', { key: 'k'.repeat(513) }, /key/],
    ['an unknown type', { type: 'PURCHASE' }, /type PURCHASE/],
    ['no type', { type: undefined }, /type/],
    ['a type from the prototype', { type: 'constructor' }, /type/],
    ['no native type', { nativeType: undefined }, /nativeType/],
    ['a test that is no boolean', { test: 'yes' }, /test/],
    ['no test', { test: undefined }, /test/],
    ['a time without milliseconds', { occurredAt: '2026-11-20T10:00:00Z' }, /occurredAt/],
    ['a local time', { occurredAt: '2026-11-20T10:00:00.000+01:00' }, /occurredAt/],
    ['a time that is a number', { occurredAt: 1_763_600_000_000 }, /occurredAt/],
    ['a missing time', { occurredAt: undefined }, /occurredAt/],
    ['a day that does not exist', { occurredAt: '2026-13-45T10:00:00.000Z' }, /occurredAt/],
    ['an empty order id', { order: { id: '' } }, /order\.id/],
    ['an order id too long', { order: { id: 'o'.repeat(257) } }, /order\.id/],
    ['an order id that is a number', { order: { id: 12 } }, /order\.id/],
    ['a fraction', { revenue: money(49.5) }, /revenue\.amount/],
    ['NaN', { payout: money(Number.NaN) }, /payout\.amount/],
    ['an amount that lost digits', { revenue: money(2 ** 53) }, /revenue\.amount/],
    ['an amount as text', { revenue: money('4900') }, /revenue\.amount/],
    ['a negative amount', { revenue: money(-1) }, /revenue\.amount is negative/],
    ['a negative payout of a refund', { type: 'REFUND', payout: money(-1) }, /negative/],
    ['a lower-case currency', { revenue: money(1, 'usd') }, /revenue\.currency/],
    ['a made-up currency', { payout: money(1, 'XQQ') }, /payout\.currency/],
    ['no currency', { revenue: { amount: 1 } }, /revenue\.currency/],
    ['30 February', { occurredAt: '2026-02-30T10:00:00.000Z' }, /occurredAt/],
    ['a list as order', { order: ['A'] }, /order is no object/],
    ['an empty parent', { order: { id: 'A', parentId: '' } }, /order\.parentId/],
    ['a parent null', { order: { id: 'A', parentId: null } }, /order\.parentId/],
    ['an empty alias', { order: { id: 'A', aliases: [''] } }, /order\.aliases/],
    ['a sequence as text', { order: { id: 'A', sequence: '1' } }, /order\.sequence/],
    ['a coupon null', { attribution: { coupon: null } }, /attribution\.coupon/],
    ['a number in utm', { attribution: { utm: { source: 1 } } }, /attribution\.utm/],
    ['a number as sub id', { attribution: { subIds: [1] } }, /attribution\.subIds/],
    ['a number as customer', { customer: { id: 1 } }, /customer\.id/],
    ['an unknown consent', { consent: { state: 'maybe' } }, /consent\.state/],
    ['a number as flag', { flags: [1] }, /flags/],
    ['an empty key it reverses', { reversesKey: '' }, /reversesKey/],
    ['a number as what it corrects', { adjustsKey: 1 }, /adjustsKey/],
    ['a record without text', { record: { id: 1, state: 'won' } }, /record\.id/],
  ])('refuse %s', (_name, more, why) => {
    expect(draftFault(draft(more))).toMatch(why);
  });

  it('allow every canonical type', () => {
    const faults = EVENT_TYPES.map((type) => draftFault(draft({ type })));
    expect(faults).toEqual(EVENT_TYPES.map(() => undefined));
  });

  it('let no amount through that is not an integer of minor units', () => {
    fc.assert(
      fc.property(fc.double(), (amount) => {
        const fits = Number.isSafeInteger(amount) && amount >= 0;
        expect(draftFault(draft({ revenue: money(amount) })) === undefined).toBe(fits);
      }),
    );
  });
});
