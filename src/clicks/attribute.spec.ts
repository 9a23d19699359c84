import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Offer, Programme } from '../accounts/model.js';
import type { EventDoc, TouchDoc } from '../ledger/documents.js';
import { attribute, howOf, USUAL, withoutClick } from './attribute.js';
import { DAY_MS } from './touch.js';

const SOLD = Date.parse('2026-11-20T10:00:00.500Z');

const touch = (id: string, ago: number, more: Partial<TouchDoc> = {}): TouchDoc => ({
  _id: id,
  kind: 'click',
  at: new Date(SOLD - ago),
  offer: 'keto',
  affiliate: `aff-${id}`,
  campaign: null,
  source: null,
  placement: null,
  utm: {},
  subIds: [],
  theirs: null,
  visitor: 'v',
  ...more,
});

const event = (more: Partial<EventDoc> = {}): EventDoc => ({
  _id: 'e1',
  schemaVersion: 1,
  type: 'SALE',
  test: false,
  receiptId: 'r1',
  contentHash: 'h',
  occurredAt: new Date(SOLD).toISOString(),
  receivedAt: new Date(SOLD + 5000).toISOString(),
  source: { plugin: 'toy', account: 'shop', key: 'k', nativeType: 'sale', trust: 'signed' },
  order: null,
  attribution: {
    clickId: 'c',
    affiliateId: null,
    coupon: null,
    campaignId: null,
    offerId: null,
    placement: null,
    utm: {},
    subIds: [],
    model: 'last-touch',
    how: 'click',
  },
  revenue: null,
  payout: null,
  customer: { ref: null, emailHash: null },
  consent: { state: 'unknown', region: null, basis: null },
  flags: [],
  reverses: null,
  adjusts: null,
  plan: [],
  at: new Date(SOLD),
  ...more,
});

const OFFER: Offer = { id: 'keto', url: 'https://s.example/', fallbackUrl: null, programme: null };
const judge = (
  named: TouchDoc,
  others: readonly TouchDoc[] = [],
  programme: Partial<Programme> = {},
  one = event(),
  offer = OFFER,
) =>
  attribute(one, {
    named,
    others,
    programme: { ...USUAL, ...programme },
    offerOf: (id) => (id === offer.id ? offer : undefined),
  });

describe('whose a conversion is', () => {
  const [a, b, c] = [touch('a', 3 * DAY_MS), touch('b', 2 * DAY_MS), touch('c', DAY_MS)];

  it('is told by the model, whichever of its clicks the network named', () => {
    for (const named of [a, b, c]) {
      expect(judge(named, [a, b, c]).winner?._id).toBe('c');
      expect(judge(named, [a, b, c], { model: 'first-touch' }).winner?._id).toBe('a');
    }
  });

  it('never depends on the order in which the touches are read', () => {
    const touches = fc.uniqueArray(fc.integer({ min: 0, max: 40 * DAY_MS }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(touches, fc.boolean(), fc.integer(), (agos, first, turn) => {
        const all = agos.map((ago, n) => touch(`t${n}`, ago));
        const named = all[0] ?? touch('x', 0);
        const turned = all.map((_one, n) => all[(n + Math.abs(turn)) % all.length] ?? named);
        const model = first ? 'first-touch' : 'last-touch';
        expect(judge(named, turned, { model })).toEqual(judge(named, all, { model }));
        const inWindow = agos.filter((ago) => ago <= 30 * DAY_MS);
        const wanted = first ? Math.max(...inWindow) : Math.min(...inWindow);
        const { winner } = judge(named, all, { model });
        if (inWindow.length === 0) expect(winner).toBeUndefined();
        else expect(SOLD - (winner?.at.getTime() ?? 0)).toBe(wanted);
      }),
    );
  });

  it('is a click’s before any impression’s, and an impression’s before nobody’s', () => {
    const seen = touch('i', 1000, { kind: 'impression' });
    expect(judge(seen, [a, seen]).winner?._id).toBe('a');
    expect(judge(seen, [seen]).winner?._id).toBe('i');
  });

  it('is told by the first of very many touches, and its path shows that one', () => {
    const many = Array.from({ length: 60 }, (_unused, n) => touch(`i${n}`, 3600 * (60 - n)));
    const last = many.at(-1) ?? a;
    const { winner, attribution } = judge(last, [a, ...many], { model: 'first-touch' });
    expect(winner?._id).toBe('a');
    expect(attribution.path).toHaveLength(20);
    expect([attribution.path?.[0]?.clickId, attribution.path?.at(-1)?.clickId]).toEqual([
      'a',
      last._id,
    ]);
  });

  it('is not told by clicks after it, but by the one that the network names', () => {
    const after = touch('z', -5000);
    expect(judge(c, [c, after]).winner?._id).toBe('c');
    expect(judge(after, [after]).winner?._id).toBe('z');
  });

  it('is judged by the window to the millisecond, a renewal not at all', () => {
    const [just, late] = [touch('c', 30 * DAY_MS), touch('c', 30 * DAY_MS + 1)];
    expect(judge(just).flags).toEqual([]);
    expect(judge(late)).toMatchObject({
      flags: ['click-expired'],
      attribution: { clickId: null, how: 'none', path: [{ clickId: 'c' }] },
    });
    expect(judge(late, [], {}, event({ type: 'REBILL' })).winner?._id).toBe('c');
    expect(judge(late, [], { windowDays: 31 }).flags).toEqual([]);
  });
});

describe('findings', () => {
  it.each([
    [999, ['lag-under-1s']],
    [1000, []],
    [-1, ['lag-under-1s']],
  ])('a click %d ms before: %j', (ago, flags) =>
    expect(judge(touch('c', ago)).flags).toEqual(flags),
  );

  it('know that whole seconds are rounded down, and what the arrival proves', () => {
    const whole = { occurredAt: '2026-11-20T10:00:00.000Z' };
    expect(judge(touch('c', 600), [], {}, event(whole)).flags).toEqual([]);
    const fast = { ...whole, receivedAt: '2026-11-20T10:00:00.400Z' };
    expect(judge(touch('c', 600), [], {}, event(fast)).flags).toEqual(['lag-under-1s']);
  });

  it('tell of an offer that had ended, from its last moment on', () => {
    const named = touch('c', 5000);
    expect(judge(named, [], {}, event(), { ...OFFER, endsAt: SOLD }).flags).toEqual([
      'offer-ended',
    ]);
    expect(judge(named, [], {}, event(), { ...OFFER, endsAt: SOLD + 1 }).flags).toEqual([]);
  });

  it.each([
    [2500, 'USD', []],
    [2501, 'USD', ['wrong-payout']],
    [2500, 'EUR', ['wrong-payout']],
  ])('tell of a payout of %d %s: %j', (amount, currency, flags) => {
    const offer = { ...OFFER, payout: { amount: 2500, currency: 'USD' } };
    const paid = event({ payout: { amount, currency } });
    expect(judge(touch('c', 5000), [], {}, paid, offer).flags).toEqual(flags);
    const renewal = { ...paid, type: 'REBILL' as const };
    expect(judge(touch('c', 5000), [], {}, renewal, offer).flags).toEqual([]);
  });
});

describe('how', () => {
  it('is by click, then coupon, then referral, then none', () => {
    const own = { clickId: 'c', coupon: 'k', affiliateId: 'a' };
    expect(howOf(own)).toBe('click');
    expect(howOf({ ...own, clickId: null })).toBe('coupon');
    expect(howOf({ clickId: null, coupon: null, affiliateId: 'a' })).toBe('referral');
    expect(howOf({ clickId: null, coupon: null, affiliateId: null })).toBe('none');
  });

  it('falls to the next when the click does not count', () => {
    const { attribution } = event();
    expect(withoutClick({ ...attribution, coupon: 'k' })).toMatchObject({
      clickId: null,
      coupon: 'k',
      how: 'coupon',
    });
  });
});
