import { describe, expect, it } from '@jest/globals';
import {
  checkSettings,
  isNotUnderstood,
  isDraft,
  type EventDraft,
  type Notification,
} from '#contract';
import { amountOf } from './amounts.js';
import { credentials, seal } from './fixtures/seal.js';
import plugin from './index.js';
import { BuyGoodsCredentials, BuyGoodsSettings } from './settings.js';

const ours = Object.assign(new BuyGoodsCredentials(), credentials);

const call = (payload: object, options: Readonly<Record<string, unknown>> = {}): Notification => ({
  ...seal(payload, credentials, 0, options),
  url: '',
  receivedAt: 0,
});

function draftOf(payload: object, options: Readonly<Record<string, unknown>> = {}): EventDraft {
  const verdict = plugin.verify(call(payload, options), ours, []);
  if (!verdict.ok) throw new Error(verdict.reason);
  const normalized = plugin.normalize(verdict.payload, { settings: new BuyGoodsSettings() });
  if (isNotUnderstood(normalized)) throw new Error(normalized.notUnderstood);
  const [draft] = normalized;
  if (draft === undefined || !isDraft(draft)) throw new Error('no draft');
  return draft;
}

const sale = { action_type: 'neworder', order_id: '5', total_clean: '10.00', currency: 'USD' };

describe('buygoods verify', () => {
  it('refuses every call when the path token is empty on both sides', () => {
    const open = Object.assign(new BuyGoodsCredentials(), credentials, { pathToken: '' });
    expect(plugin.verify({ ...call(sale), pathToken: '' }, open, [])).toEqual({
      ok: false,
      reason: 'bad-token',
    });
  });

  it('looks at the path before the body: a stranger learns nothing about shapes', () => {
    const stranger = { ...call(sale), pathToken: 'x', body: Buffer.from('%zz') };
    expect(plugin.verify(stranger, ours, [])).toEqual({ ok: false, reason: 'bad-token' });
  });

  it('does not take the token from the query', () => {
    const query = `token=${ours.pathToken}&pathToken=${ours.pathToken}`;
    expect(plugin.verify({ ...call(sale), pathToken: '', query }, ours, [])).toMatchObject({
      ok: false,
    });
  });

  it.each(['', '{ACCOUNT_ID}'])('lets a call without an account id pass: %j', (account_id) => {
    expect(plugin.verify(call({ ...sale, account_id }), ours, [])).toMatchObject({
      ok: true,
      trust: 'shared-secret',
    });
  });

  it('reads the query of a GET and the body of a POST, never both', () => {
    const mixed = { ...call(sale), query: 'action_type=refund&order_id=9' };
    expect(plugin.verify(mixed, ours, [])).toMatchObject({
      payload: { feed: 'ipn', fields: { order_id: '5', action_type: 'neworder' } },
    });
    expect(plugin.verify({ ...mixed, method: 'GET' }, ours, [])).toMatchObject({
      payload: { feed: 'postback', fields: { order_id: '9' } },
    });
  });

  it('keeps the first of a name that is posted twice', () => {
    expect(draftOf({ ...sale, aff_id: ['42', '43'] }).attribution).toEqual({ affiliateId: '42' });
  });
});

describe('buygoods keys', () => {
  const refund = { ...sale, action_type: 'refund' };

  it('tells partial refunds of one order apart by their amounts', () => {
    const [a, b] = ['2.00', '3.00'].map(
      (refund_amount) => draftOf({ ...refund, refund_amount }).key,
    );
    expect(a).not.toBe(b);
  });

  it('gives a refund another key than its sale, which it shares the order id with', () => {
    expect(draftOf(refund).key).not.toBe(draftOf(sale).key);
  });

  it('gives a sale with a changed amount the same key: a conflict, not a second sale', () => {
    expect(draftOf({ ...sale, total_clean: '99.00' }).key).toBe(draftOf(sale).key);
  });

  it('gives the refund told by the order state the key of the refund message', () => {
    const told = draftOf({ ...sale, payment_status: 'refunded', refund_amount: '10.00' });
    expect(told.key).toBe(draftOf({ ...refund, refund_amount: '10.00' }).key);
  });

  it('does not let a colon in an order id imitate another key', () => {
    expect(draftOf({ ...refund, order_id: '5:1000' }).key).toBe('refund:5%3A1000:1000');
  });
});

describe('buygoods states', () => {
  it('lets refunded win over cancelled, and pending over cancelled', () => {
    expect(draftOf({ ...sale, was_canceled: '1', payment_status: 'Refunded' }).type).toBe('REFUND');
    expect(() => draftOf({ ...sale, was_canceled: '1', payment_status: 'Pending' })).toThrow(
      'no draft',
    );
  });

  it('keeps a refund a refund whatever the state says', () => {
    const refund = { ...sale, action_type: 'refund', was_canceled: '1', payment_status: 'pending' };
    expect(draftOf(refund).type).toBe('REFUND');
  });
});

describe('amountOf', () => {
  it.each([
    ['96.80', 9680],
    ['$96.80', 9680],
    ['US$ 96.80', 9680],
    ['&#36;1,296.80', 129680],
    ['-20', 2000],
    ['0.00', 0],
  ])('reads %s', (text, amount) => {
    expect(amountOf(text, 'USD')).toEqual({ amount, currency: 'USD' });
  });

  it.each(['FREE', '', '1,5', '12,34.00', '9.999', '{COMMISSION_AMOUNT}', '1e3', '€5.00'])(
    'refuses %s',
    (text) => {
      expect(amountOf(text, 'USD')).toBeUndefined();
    },
  );

  it('reads nothing in a currency that is none', () => {
    expect(amountOf('5.00', '$')).toBeUndefined();
  });
});

describe('buygoods credentials', () => {
  it.each(['short', 'with spaces in it and long enough', 'slash/in/the/path/token/here'])(
    'refuses the path token %j',
    (pathToken) => {
      const given = { accountId: '10200', pathToken };
      expect(checkSettings(BuyGoodsCredentials, given, 'credentials').ok).toBe(false);
    },
  );

  it('takes an account id that YAML read as a number', () => {
    const given = { ...credentials, accountId: 10200 };
    expect(checkSettings(BuyGoodsCredentials, given, 'credentials')).toMatchObject({
      ok: true,
      value: { accountId: '10200' },
    });
  });

  it('refuses zones and currencies that do not exist', () => {
    const given = { timeZone: 'US/Estern', currency: 'usd' };
    const checked = checkSettings(BuyGoodsSettings, given, 'settings');
    expect(checked.ok ? [] : checked.faults.map(({ path }) => path)).toEqual([
      'settings.timeZone',
      'settings.currency',
    ]);
  });

  it('answers HEAD, and sends GET and POST to verify', () => {
    expect(plugin.probe?.({ ...call(sale), method: 'HEAD' })).toMatchObject({ status: 200 });
    expect(plugin.probe?.({ ...call(sale), method: 'GET' })).toBeUndefined();
    expect(plugin.probe?.(call(sale))).toBeUndefined();
  });
});
