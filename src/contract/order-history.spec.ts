import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sampleEvent } from '../testing/sample-event.js';
import type { CanonicalEvent, EventType } from './event.js';
import { deliveredParent, otherChanges, refundScope, saleMoney } from './order-history.js';
import type { HistoryEntry } from './target.js';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const make = (id: string, type: EventType, amount: number | null, more: object = {}) =>
  sampleEvent({ id, type, revenue: amount === null ? null : usd(amount), ...more });
const told = (event: CanonicalEvent, state = 'delivered'): HistoryEntry => ({
  event,
  state,
  remoteIds: {},
});

const sale = make('sale', 'SALE', 4900);
const refund = (id: string, amount: number | null) =>
  make(id, 'REFUND', amount, { reverses: 'sale' });
const adjustment = (id: string, amount: number | null, adjusts: string | null = 'sale') =>
  make(id, 'ADJUSTMENT', amount, { adjusts });
const parentId = (event: CanonicalEvent, entries: readonly HistoryEntry[]) =>
  deliveredParent(event, entries)?.event.id;

describe('the parent of an event', () => {
  const second = make('second', 'SALE', 900, { order: { line: '2' } });
  const rebill = make('rebill', 'REBILL', 4900, { order: { sequence: 2 } });
  const lead = make('lead', 'LEAD', null);
  const all = [lead, sale, second, rebill].map((event) => told(event));

  it('is what the ledger links, through other reversals', () => {
    const chargeback = make('cb', 'CHARGEBACK', 900, { reverses: 'second' });
    const won = make('won', 'CHARGEBACK_REVERSED', 900, { reverses: 'cb' });
    expect(parentId(won, [...all, told(chargeback)])).toBe('second');
    expect(parentId(adjustment('a', 1, 'rebill'), all)).toBe('rebill');
  });

  it('is what the end of the chain means, where that has no link', () => {
    const unlinked = make('r', 'REFUND', 900, { order: { line: '2', sequence: null } });
    expect(parentId(adjustment('a', 900, 'r'), [...all, told(unlinked)])).toBe('second');
  });

  it('is undefined when the linked one never got there', () => {
    expect(parentId(refund('r', 100), [told(sale, 'refused'), told(second)])).toBeUndefined();
    expect(parentId(refund('r', 100), [told(sale, 'duplicate')])).toBe('sale');
  });

  it.each(['REFUND', 'CHARGEBACK_REVERSED', 'ADJUSTMENT'] as const)(
    'of a %s is no other event when the linked one was not meant for this target',
    (type) => {
      const link = type === 'ADJUSTMENT' ? { adjusts: 'elsewhere' } : { reverses: 'elsewhere' };
      expect(parentId(make('r', type, 100, link), all)).toBeUndefined();
    },
  );

  it('is not endless when links go round', () => {
    const a = make('a', 'REFUND', 100, { reverses: 'b' });
    const b = make('b', 'REFUND', 100, { reverses: 'a' });
    expect(parentId(a, [told(sale), told(a), told(b)])).toBe('sale');
  });

  it.each([
    ['the order', { order: { id: 'ORD2', sequence: null } }, 'other'],
    ['the line', { order: { line: '2', sequence: null } }, 'second'],
    ['the place in the sequence', { order: { sequence: 2 } }, 'rebill'],
    ['the amount, then the newest', { order: { sequence: null }, revenue: usd(4000) }, 'rebill'],
  ])('without a link is told by %s', (_what, parts, id) => {
    const other = make('other', 'SALE', 4900, { order: { id: 'ORD2' } });
    expect(parentId(make('r', 'REFUND', 100, parts), [...all, told(other)])).toBe(id);
  });

  describe('without a link, of a receipt that the rebill bears too', () => {
    const first = make('first', 'SALE', 4900, { order: { id: 'WXYZ1234' } });
    const second = make('second', 'REBILL', 1900, {
      order: { id: 'WXYZ1234', sequence: 2, aliases: ['WXYZ1234-B002'] },
      occurredAt: '2026-12-20T10:00:00.000Z',
    });
    const entries = [told(first), told(second)];
    const back = (order: object, occurredAt = '2026-12-21T10:00:00.000Z') =>
      make('r', 'REFUND', 1000, {
        order: { id: 'WXYZ1234', sequence: null, ...order },
        occurredAt,
      });

    it('is the first payment when only the receipt is named', () => {
      expect(parentId(back({}), entries)).toBe('first');
    });

    it('is the rebill when its own receipt is named', () => {
      expect(parentId(back({ aliases: ['WXYZ1234-B002'] }), entries)).toBe('second');
    });

    it('is never a payment that came later, where there is an earlier one', () => {
      const other = make('third', 'REBILL', 1900, {
        order: { id: 'WXYZ1234', sequence: 3 },
        occurredAt: '2027-01-20T10:00:00.000Z',
      });
      expect(parentId(back({}), [...entries, told(other)])).toBe('first');
    });

    it('counts towards that payment in later sums', () => {
      const more = { ...back({ sequence: 1 }), id: 'r2', reverses: 'first' };
      expect(refundScope(more, told(first), [...entries, told(back({}))])).toMatchObject({
        kind: 'partial',
        refunded: 2000,
        left: 2900,
      });
    });
  });

  it('of two sales with the same names is the newer one', () => {
    const twin = make('twin', 'SALE', 4900, { occurredAt: '2026-11-20T11:00:00.000Z' });
    const back = make('r', 'REFUND', 100, { occurredAt: '2026-11-21T11:00:00.000Z' });
    expect(parentId(back, [told(sale), told(twin)])).toBe('twin');
  });

  it('does not take a difference for an amount', () => {
    const up = adjustment('a', 4000, null);
    const entries = [told(sale), told(make('sale2', 'SALE', 900))];
    expect(parentId(up, entries)).toBe('sale2');
  });

  it('of a rebill is the sale, whatever rebills came between', () => {
    expect(parentId(make('rebill2', 'REBILL', 4900, { order: { sequence: 3 } }), all)).toBe('sale');
  });

  it.each(['REJECTED_LEAD', 'APPROVED_LEAD'] as const)('of a %s is the lead', (type) => {
    expect(parentId(make('x', type, null), all)).toBe('lead');
  });

  it('is the lead where nothing was sold', () => {
    expect(parentId(make('x', 'CANCELED', null), [told(lead)])).toBe('lead');
  });
});

describe('other changes', () => {
  it('are of one type, about one parent, each once, without the event itself', () => {
    const other = make('other', 'SALE', 4900);
    const entries = [
      ...[sale, other].map((event) => told(event)),
      ...[refund('r1', 1), refund('r1', 1), refund('me', 1)].map((event) => told(event)),
      told(refund('r2', 1), 'retry'),
      told(refund('r3', 1), 'skipped'),
      told(make('r4', 'REFUND', 1, { reverses: 'other' })),
      told(adjustment('a', 1)),
    ];
    const found = otherChanges('REFUND', refund('me', 1), told(sale), entries);
    expect(found.map(({ event }) => event.id)).toEqual(['r1', 'r2']);
  });
});

describe('the money of a sale', () => {
  const after = (event: CanonicalEvent, ...earlier: HistoryEntry[]) =>
    saleMoney(event, told(sale), [told(sale), ...earlier]);

  it('is the first amount, every difference, less the refunds', () => {
    const earlier = [told(adjustment('a1', -900)), told(refund('r', 500), 'due')];
    expect(after(adjustment('a2', 1000), ...earlier)).toEqual({
      worth: 5000,
      refunded: 500,
      left: 4500,
      currency: 'USD',
      reopens: false,
    });
  });

  it('counts an event once, also when it is among the entries', () => {
    expect(after(adjustment('a', 1000), told(adjustment('a', 1000)))).toMatchObject({
      worth: 5900,
    });
  });

  it('takes a failed refund off the refunds', () => {
    const part = told(refund('r', 1000));
    expect(after(adjustment('a', 1000, 'r'), part)).toMatchObject({
      worth: 4900,
      refunded: 0,
      left: 4900,
      reopens: false,
    });
    const failed = told(adjustment('a', 1000, 'r'), 'skipped');
    expect(after(refund('r2', 400), part, failed)).toMatchObject({ refunded: 400 });
  });

  it.each([4900, null])('reopens when the refund of the whole (%p) failed', (amount) => {
    expect(after(adjustment('a', 4900, 'r'), told(refund('r', amount)))).toMatchObject({
      left: 4900,
      reopens: true,
    });
  });

  it('does not reopen what was merely free', () => {
    const free = told(make('sale', 'SALE', 0));
    expect(saleMoney(adjustment('a', 500), free, [free])).toMatchObject({
      left: 500,
      reopens: false,
    });
  });

  it.each([
    ['skipped', told(refund('r', 1000), 'skipped')],
    ['unknown', told(refund('another', 1000))],
  ])('cannot be told for the failure of a refund that is %s', (_what, entry) => {
    expect(after(adjustment('a', 1000, 'r'), entry)).toBeUndefined();
  });

  it('leaves such a failure out of later sums', () => {
    const entries = [
      told(refund('r', 1000), 'skipped'),
      told(adjustment('a', 1000, 'r'), 'retry'),
      told(adjustment('b', 700), 'skipped'),
    ];
    expect(after(adjustment('c', 100), ...entries)).toMatchObject({ worth: 5000, refunded: 0 });
  });

  it('cannot be told across currencies, or without an amount', () => {
    const euro = make('a', 'ADJUSTMENT', 1, { revenue: { amount: 1, currency: 'EUR' } });
    expect(after({ ...euro, adjusts: 'sale' })).toBeUndefined();
    expect(after(adjustment('a', null))).toBeUndefined();
  });

  it('is never less than nothing', () => {
    expect(after(adjustment('a', -9000))).toMatchObject({ worth: 0, left: 0 });
  });

  it('is the same whichever change is told last', () => {
    const amounts = fc.array(fc.integer({ min: -3000, max: 3000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(amounts, (changes) => {
        const events = changes.map((amount, at) =>
          amount < 0 ? refund(`e${at}`, -amount) : adjustment(`e${at}`, amount),
        );
        const lefts = events.map((last) =>
          after(last, ...events.filter((event) => event !== last).map((event) => told(event))),
        );
        expect(new Set(lefts.map((money) => money?.left)).size).toBe(1);
      }),
    );
  });
});

describe('the scope of a refund', () => {
  const scope = (event: CanonicalEvent, ...earlier: HistoryEntry[]) =>
    refundScope(event, told(sale), [told(sale), ...earlier]);

  it('is a part until the parts reach the whole', () => {
    expect(scope(refund('r', 4000))).toMatchObject({ kind: 'partial', left: 900 });
    expect(scope(refund('r', 4000), told(refund('q', 900)))).toEqual({ kind: 'full' });
    expect(scope(refund('r', 4000), told(adjustment('a', -900)))).toEqual({ kind: 'full' });
    expect(scope(refund('r', 4900), told(adjustment('a', 100)))).toMatchObject({ left: 100 });
  });

  it('is the whole without an amount, here or in an earlier refund', () => {
    expect(scope(refund('r', null))).toEqual({ kind: 'full' });
    expect(scope(refund('r', 1), told(refund('q', null)))).toEqual({ kind: 'full' });
  });

  it('is the whole for every other type', () => {
    expect(scope(make('c', 'CHARGEBACK', 100, { reverses: 'sale' }))).toEqual({ kind: 'full' });
  });

  it('is unclear in another currency', () => {
    const euro = { ...refund('r', 100), revenue: { amount: 100, currency: 'EUR' } };
    expect(scope(euro)).toEqual({ kind: 'unclear' });
  });
});
