import { describe, expect, it } from '@jest/globals';
import { isNotUnderstood, isOrderLink, type EventDraft, type Json } from '#contract';
import { isForAccount } from './account.js';
import { notificationOf } from './fixtures/notification.js';
import { credentials, seal } from './fixtures/seal.js';
import plugin from './index.js';
import { splitReceipt } from './order.js';
import { textsOrList } from './read-ins.js';
import { ClickBankSettings } from './settings.js';

const SALE = {
  transactionTime: '20261120T015500-0800',
  receipt: 'WXYZ1234',
  transactionType: 'SALE',
  vendor: 'mystore',
  affiliate: 'topaffil',
  role: 'VENDOR',
  totalAccountAmount: 21.35,
  totalOrderAmount: 49.95,
  currency: 'USD',
  attemptCount: 1,
};

/** The one event of a message, through the whole plugin. */
function eventOf(
  message: Record<string, Json>,
  more: Partial<ClickBankSettings> = {},
): EventDraft | undefined {
  const verdict = plugin.verify(notificationOf(seal(message, credentials, 0)), credentials, []);
  if (!verdict.ok) throw new Error(`refused: ${verdict.reason}`);
  const settings = Object.assign(new ClickBankSettings(), more);
  const result = plugin.normalize(verdict.payload, { settings });
  if (isNotUnderstood(result)) return undefined;
  return result.find((one): one is EventDraft => !isOrderLink(one));
}

const keyOf = (change: Record<string, Json>): string | undefined =>
  eventOf({ ...SALE, ...change })?.key;

describe('the key of a message', () => {
  it('is the same for a retry and for another version of the same fact', () => {
    const key = keyOf({});
    expect(key).toBe('WXYZ1234:SALE:VENDOR:2026-11-20T09:55:00.000Z:2135');
    expect(keyOf({ attemptCount: 4 })).toBe(key);
    expect(keyOf({ transactionTime: '2026-11-20T09:55:00+00:00', version: 6 })).toBe(key);
    expect(keyOf({ transactionTime: '1795168500' })).toBe(key);
    expect(keyOf({ totalAccountAmount: '21.350' })).toBe(key);
  });

  it('differs for every other fact about the same receipt', () => {
    const keys = [
      keyOf({}),
      keyOf({ transactionType: 'RFND' }),
      keyOf({ transactionType: 'RFND', totalAccountAmount: -4.27 }),
      keyOf({ transactionType: 'RFND', transactionTime: '20261120T015501-0800' }),
      keyOf({ transactionType: 'CGBK' }),
      keyOf({ role: 'AFFILIATE', affiliate: 'mystore' }),
      keyOf({ role: 'JV_UPSELL' }),
      keyOf({ receipt: 'WXYZ1234-B002', transactionType: 'BILL' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).not.toContain(undefined);
  });

  it('stays short whatever is sent', () => {
    expect(
      keyOf({ receipt: 'R'.repeat(5000), role: 'X'.repeat(5000), affiliate: 'mystore' })?.length,
    ).toBeLessThan(512);
  });
});

describe('amounts', () => {
  it.each([
    [49.95, 4995],
    [-49.95, 4995],
    ['49.9', 4990],
    [0.07, 7],
    [1000000.01, 100000001],
    [0, 0],
  ])('%s dollars are %s cents', (sent, cents) => {
    expect(eventOf({ ...SALE, totalOrderAmount: sent })?.revenue).toEqual({
      amount: cents,
      currency: 'USD',
    });
  });

  it('are left out when they were not sent', () => {
    const { totalOrderAmount: _order, totalAccountAmount: _account, ...rest } = SALE;
    const event = eventOf(rest);
    expect(event).not.toHaveProperty('revenue');
    expect(event).not.toHaveProperty('payout');
  });

  it('have no place in a cancellation', () => {
    const event = eventOf({ ...SALE, transactionType: 'CANCEL-REBILL' });
    expect(event?.type).toBe('CANCELED');
    expect(event).not.toHaveProperty('revenue');
  });
});

describe('receipts', () => {
  it.each([
    ['WXYZ1234', 'WXYZ1234', undefined],
    ['WXYZ1234-B002', 'WXYZ1234', 2],
    ['WXYZ1234-B117', 'WXYZ1234', 117],
    ['WXYZ-B12', 'WXYZ-B12', undefined],
    ['WXYZ1234-B002-B003', 'WXYZ1234-B002', 3],
    ['-B002', '-B002', undefined],
  ])('%s', (receipt, base, payment) => {
    expect(splitReceipt(receipt)).toEqual({ base, payment });
  });

  it.each([
    ['SALE', 'WXYZ1234', 1],
    ['RFND', 'WXYZ1234', 1],
    ['CGBK', 'WXYZ1234', 1],
    ['INSF', 'WXYZ1234', 1],
    ['TEST_RFND', 'WXYZ1234', 1],
    ['RFND', 'WXYZ1234-B003', 3],
    ['BILL', 'WXYZ1234', 2],
    ['CANCEL-REBILL', 'WXYZ1234', 2],
  ])('of %s %s mean payment %s', (transactionType, receipt, payment) => {
    const lineItems = [{ itemNo: '1', paymentsProcessed: 2 }];
    expect(eventOf({ ...SALE, transactionType, receipt, lineItems })?.order?.sequence).toBe(
      payment,
    );
  });

  it('of a rebilled upsell name the first order, not its payment', () => {
    const upsell = { upsellOriginalReceipt: 'FRST0001-B002' };
    expect(eventOf({ ...SALE, upsell })?.order?.parentId).toBe('FRST0001');
  });

  it('never make an order its own parent', () => {
    const upsell = { upsellOriginalReceipt: 'WXYZ1234' };
    const event = eventOf({ ...SALE, receipt: 'WXYZ1234-B002', transactionType: 'BILL', upsell });
    expect(event?.order).not.toHaveProperty('parentId');
    expect(event).not.toHaveProperty('flags');
  });
});

describe('whose message it is', () => {
  const parties = (role: string | undefined, vendor?: string, affiliate?: string) => ({
    role,
    vendor,
    affiliate,
  });

  it.each([
    ['vendor of it', parties('VENDOR', 'mystore', 'x'), true],
    ['vendor, other case', parties('vendor', ' MyStore ', 'x'), true],
    ['affiliate of it', parties('AFFILIATE', 'x', 'mystore'), true],
    ['only named as affiliate in a vendor message', parties('VENDOR', 'x', 'mystore'), false],
    ['only named as vendor in an affiliate message', parties('AFFILIATE', 'mystore', 'x'), false],
    ['named in a message without a role', parties(undefined, 'x', 'mystore'), true],
    ['not named', parties(undefined, 'x', 'y'), false],
    ['partner of a joint venture, who is never named', parties('JV_UPSELL', 'x', 'y'), true],
  ])('%s', (_what, given, expected) => {
    expect(isForAccount(given, 'mystore')).toBe(expected);
  });

  it('does not take an absent name for an empty one', () => {
    expect(isForAccount(parties('VENDOR', undefined), 'mystore')).toBe(false);
  });
});

describe('legacy fields', () => {
  const post = (fields: Record<string, string>): unknown => {
    const verdict = plugin.verify(
      notificationOf(seal({ legacy: fields }, credentials, 0)),
      credentials,
      [],
    );
    if (!verdict.ok) return verdict.reason;
    return plugin.normalize(verdict.payload, { settings: new ClickBankSettings() });
  };
  const fields = {
    cnoticeversion: '2.1',
    ctransaction: 'SALE',
    ctransreceipt: 'LEGA1234',
    ctransvendor: 'mystore',
    corderamount: '4995',
  };

  it('count cents, also where the currency has none', () => {
    expect(post({ ...fields, ccurrency: 'JPY', corderamount: '500000' })).toMatchObject([
      { revenue: { amount: 5000, currency: 'JPY' }, flags: ['currency-doubtful'] },
    ]);
  });

  it('may be missing in versions that never had them, not unseen in version 4', () => {
    expect(post(fields)).toMatchObject([{ flags: ['currency-assumed'] }]);
    expect(post({ ...fields, cnoticeversion: '4.0' })).toMatchObject([
      { flags: ['fields-missing', 'currency-assumed'] },
    ]);
  });

  it('are those of the body: the query of the hook URL takes no part', () => {
    expect(post(fields)).toMatchObject([{ order: { id: 'LEGA1234' } }]);
  });

  it('are refused without a transaction', () => {
    expect(post({ cnoticeversion: '4.0', ctransvendor: 'mystore' })).toBe('malformed');
  });
});

describe('parameters as map or list', () => {
  it.each([
    ['a map', { extclid: 'E1', n: 7 }, { extclid: 'E1', n: '7' }],
    [
      'a list of pairs',
      [
        { name: 'extclid', value: 'E1' },
        { key: 'n', value: 7 },
      ],
      { extclid: 'E1', n: '7' },
    ],
    ['a list of maps', [{ extclid: 'E1' }, { n: 7 }], { extclid: 'E1', n: '7' }],
    ['a list of something else', ['extclid', null, 4], {}],
    ['a text', 'extclid=E1', {}],
  ])('%s', (_what, sent, read) => {
    expect(textsOrList({ sent }, 'sent')).toEqual(read);
  });
});
