import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventDraft } from '../contract/index.js';
import { deliveryId, eventId } from '../platform/ids/ids.js';
import { ProcessKey } from '../platform/secrets/process-key.js';
import type { Planned } from '../route/planner.js';
import { stampEvent, stampRows, type Stamp } from './stamp.js';

const RECEIVED = Date.parse('2026-11-20T10:00:01.000Z');
const KEY = new ProcessKey(Buffer.from('k'.repeat(32)));

const stamp = (more: Partial<Stamp> = {}): Stamp => ({
  plugin: 'toy',
  account: 'shop',
  receiptId: 'r1',
  receivedAt: RECEIVED,
  trust: 'signed',
  key: KEY,
  ...more,
});

const DRAFT: EventDraft = {
  key: 'SALE:1',
  type: 'SALE',
  nativeType: 'sale',
  test: false,
  occurredAt: '2026-11-20T10:00:00.000Z',
  order: { id: 'A', parentId: 'P', aliases: ['ch_1', 'A', 'ch_1'] },
  attribution: { clickId: 'clk1', subIds: ['s1'], utm: { source: 'x' } },
  revenue: { amount: 4900, currency: 'USD' },
  customer: { id: 'c7', email: ' Anna@Shop.example ' },
};

const plan = (target: string, testOnly = false): Planned => ({
  target,
  route: 'r',
  configVersion: 3,
  testOnly,
});

const event = (more: Partial<EventDraft> = {}, by: Partial<Stamp> = {}) =>
  stampEvent({ ...DRAFT, ...more }, stamp(by), [plan('tap'), plan('tune', true)]);

describe('ids', () => {
  it('are those of account and key, whatever else is told', () => {
    const id = eventId('shop', 'SALE:1');
    expect(event()._id).toBe(id);
    expect(event({ revenue: { amount: 1, currency: 'EUR' } }, { receivedAt: 1 })._id).toBe(id);
    expect(event({}, { account: 'other' })._id).not.toBe(id);
    expect(event({ key: 'SALE:2' })._id).not.toBe(id);
  });

  it('of the events it speaks about are made the same way, within the account', () => {
    const refund = event({ key: 'REFUND:1', reversesKey: 'SALE:1', adjustsKey: 'SALE:2' });
    expect(refund.reverses).toBe(event()._id);
    expect(refund.adjusts).toBe(eventId('shop', 'SALE:2'));
    expect([event().reverses, event().adjusts]).toEqual([null, null]);
  });
});

describe('the content hash', () => {
  const hash = (more: Partial<EventDraft> = {}, by: Partial<Stamp> = {}) =>
    event(more, by).contentHash;

  it('is the same for the same fact, whenever and however it came', () => {
    const later = { receivedAt: RECEIVED + 9e9, receiptId: 'r2', trust: 'shared-secret' } as const;
    expect(hash({}, later)).toBe(hash());
    const turned = Object.fromEntries(Object.entries(DRAFT).toReversed()) as unknown as EventDraft;
    expect(stampEvent(turned, stamp(), []).contentHash).toBe(hash());
    expect(hash({ payout: undefined } as unknown as EventDraft)).toBe(hash());
  });

  it.each<[string, Partial<EventDraft>]>([
    ['amount', { revenue: { amount: 4901, currency: 'USD' } }],
    ['currency', { revenue: { amount: 4900, currency: 'EUR' } }],
    ['payout', { payout: { amount: 1, currency: 'USD' } }],
    ['type', { type: 'REBILL' }],
    ['native type', { nativeType: 'Sale' }],
    ['test', { test: true }],
    ['time', { occurredAt: '2026-11-20T10:00:00.001Z' }],
    ['order', { order: { id: 'B' } }],
    ['click', { attribution: { clickId: 'clk2' } }],
    ['customer', { customer: { id: 'c8' } }],
    ['flags', { flags: ['late'] }],
    ['what it takes back', { reversesKey: 'SALE:0' }],
  ])('tells another %s', (_name, more) => {
    expect(hash(more)).not.toBe(hash());
  });
});

describe('times', () => {
  it('are what the network says, else the arrival', () => {
    expect(event()).toMatchObject({
      occurredAt: '2026-11-20T10:00:00.000Z',
      receivedAt: '2026-11-20T10:00:01.000Z',
      at: new Date(RECEIVED),
    });
    expect(event({ occurredAt: null }).occurredAt).toBe('2026-11-20T10:00:01.000Z');
  });
});

describe('personal data', () => {
  it('is kept as keyed hashes only', () => {
    const { customer } = event();
    expect(customer).toEqual({
      ref: KEY.hash('customer', 'c7'),
      emailHash: KEY.hash('email', 'anna@shop.example'),
    });
    expect(JSON.stringify(event())).not.toMatch(/anna/i);
    expect(event({ customer: {} }).customer).toEqual({ ref: null, emailHash: null });
  });

  it.each([
    ['an e-mail', 'Anna@Shop.example', 'anna@shop.example'],
    ['an e-mail with white space', ' anna@shop.example ', 'anna@shop.example'],
    ['an IPv4 address', '203.0.113.9', '203.0.113.9'],
    ['an IPv6 address', '2001:db8::9', '2001:db8::9'],
    ['an IPv6 address in upper case', '2001:DB8::9', '2001:db8::9'],
    ['an IPv6 address in brackets', '[2001:db8::9]', '[2001:db8::9]'],
    ['an IPv4 address with white space', '203.0.113.9\n', '203.0.113.9'],
  ])('as click id (%s) is hashed and flagged', (_name, clickId, meant) => {
    const stamped = event({ attribution: { clickId }, flags: ['late'] });
    expect(stamped.flags).toEqual(['late', 'click-id-personal']);
    expect(stamped.attribution.clickId).toBe(KEY.hash('email', meant));
  });

  it.each(['clk1', 'user@', '1.2.3', 'a b', 'x'.repeat(256), 'v1.2.3.4-beta', '12:34:56'])(
    'is not what %p is',
    (clickId) => {
      const stamped = event({ attribution: { clickId } });
      expect([stamped.attribution.clickId, stamped.flags]).toEqual([clickId, []]);
    },
  );
});

describe('a click id', () => {
  it.each(['{click_id}', '[CLICKID]', '%CLICK%', 'null', '[clk]'])(
    'that nobody filled in (%s) is none',
    (clickId) => {
      const stamped = event({ attribution: { clickId, coupon: 'k' } });
      expect(stamped.attribution).toMatchObject({ clickId: null, how: 'coupon' });
      expect(stamped.flags).toEqual(['click-id-placeholder']);
    },
  );

  it.each(['TEST_123', 'tx_test', 'test', '12345', 'xxxx', 'your_click_id', 'demo-1'])(
    'that looks like a trial (%s) is kept and flagged',
    (clickId) => {
      const stamped = event({ attribution: { clickId } });
      expect([stamped.attribution.clickId, stamped.flags]).toEqual([clickId, ['test-click-id']]);
    },
  );
});

describe('attribution', () => {
  it.each([
    [{ clickId: 'c', coupon: 'k', affiliateId: 'a' }, 'click'],
    [{ coupon: 'k', affiliateId: 'a' }, 'coupon'],
    [{ affiliateId: 'a' }, 'referral'],
    [{}, 'none'],
  ])('of %p is by %s', (attribution, how) => {
    expect(event({ attribution }).attribution.how).toBe(how);
  });

  it('says null, never undefined, for what nobody told', () => {
    const bare = stampEvent(
      { key: 'k', type: 'LEAD', nativeType: 'l', test: false, occurredAt: null },
      stamp(),
      [],
    );
    expect(bare).toMatchObject({ order: null, revenue: null, payout: null, flags: [], plan: [] });
    expect(bare).not.toHaveProperty('refs');
    expect(Object.values(bare.attribution)).not.toContain(undefined);
    expect(bare.consent).toEqual({ state: 'unknown', region: null, basis: null });
  });
});

describe('refs', () => {
  it('hold order, parent and aliases once each, within the account', () => {
    expect(event().refs).toEqual(['shop|A', 'shop|P', 'shop|ch_1']);
    expect(event().order?.aliases).toEqual(['ch_1']);
  });

  it('hold every name of the order however many aliases there are', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,8}$/), { maxLength: 30 });
    fc.assert(
      fc.property(names, (aliases) => {
        const { refs } = event({ order: { id: 'A', aliases } });
        expect(new Set(refs)).toEqual(new Set(['A', ...aliases].map((name) => `shop|${name}`)));
      }),
    );
  });
});

describe('rows', () => {
  const rows = (waits: boolean) =>
    stampRows(event(), [plan('tap'), plan('tune', true)], RECEIVED, waits);

  it('are one per target, due in 30 s, the test one skipped in sight', () => {
    const [due, skipped] = rows(false);
    expect(due).toMatchObject({
      _id: deliveryId(event()._id, 'tap'),
      event: event()._id,
      target: 'tap',
      account: 'shop',
      configVersion: 3,
      state: 'due',
      wakeAt: new Date(RECEIVED + 30_000),
      attempts: 0,
      crashes: 0,
    });
    expect(skipped).toMatchObject({
      target: 'tune',
      state: 'skipped',
      reason: 'test',
      settledAt: new Date(RECEIVED),
    });
    expect(skipped).not.toHaveProperty('wakeAt');
  });

  it('wait for their parent when the event takes something back', () => {
    const [held, skipped] = rows(true);
    expect(held).toMatchObject({ state: 'held', reason: 'parent' });
    expect(held?.wakeAt).toEqual(new Date(RECEIVED + 30_000));
    expect(skipped?.state).toBe('skipped');
  });

  it('are named by the plan of the event', () => {
    expect(event().plan).toEqual([
      { target: 'tap', route: 'r', configVersion: 3 },
      { target: 'tune', route: 'r', configVersion: 3 },
    ]);
  });
});
