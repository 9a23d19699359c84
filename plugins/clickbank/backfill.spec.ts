import { describe, expect, it } from '@jest/globals';
import { accept } from '#contract';
import { backfill } from './backfill.js';
import clickbank from './index.js';
import { ClickBankCredentials, ClickBankSettings } from './settings.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const credentials = Object.assign(new ClickBankCredentials(), {
  vendor: 'mystore',
  secretKey: 'X',
  apiKey: 'API-X',
});
const settings = new ClickBankSettings();
const context = (cursor: string | null) => ({ cursor, now: NOW, settings });
const tell = (answer: unknown, status = 200, cursor: string | null = null) =>
  backfill.apply(
    { status, headers: {}, body: JSON.stringify(answer) },
    context(cursor),
    credentials,
  );
const order = (more: object = {}) => ({
  transactionTime: '2026-11-18T01:55:00-08:00',
  receipt: 'WXYZ1234',
  transactionType: 'SALE',
  totalOrderAmount: '49.95',
  vendor: 'mystore',
  affiliate: { '@nil': 'true' },
  currency: 'USD',
  role: 'VENDOR',
  lineItemData: [{ accountAmount: '20.00' }, { accountAmount: '1.3' }],
  ...more,
});

describe("the backfill of ClickBank's orders", () => {
  it('asks by days with a margin, page by page in a header', () => {
    const { url, headers } = backfill.build(credentials, context(null));
    expect(url).toBe(
      'https://api.clickbank.com/rest/1.3/orders2/list?startDate=2026-10-19&endDate=2026-11-20',
    );
    expect(headers).toMatchObject({ authorization: 'API-X', page: '1' });
    const more = tell({ orderData: [order()] }, 206);
    expect(more).toMatchObject({ more: true });
    expect(backfill.build(credentials, context(more?.cursor ?? null)).headers).toMatchObject({
      page: '2',
    });
    expect(tell({ orderData: [order()] })).not.toHaveProperty('more');
  });

  it('reads one order, many and none', () => {
    expect(tell({ orderData: order() })?.payloads).toHaveLength(1);
    expect(tell({ orderData: [order(), order()] })?.payloads).toHaveLength(2);
    expect(tell(null)?.payloads).toEqual([]);
    expect(tell('no')).toBeUndefined();
  });

  it('leaves out what ClickBank may still send, and orders of other accounts of the key', () => {
    expect(
      tell({ orderData: order({ transactionTime: '2026-11-19T03:00:00-08:00' }) })?.payloads,
    ).toEqual([]);
    expect(tell({ orderData: order({ transactionTime: 'soon' }) })?.payloads).toEqual([]);
    expect(tell({ orderData: order({ vendor: 'other' }) })?.payloads).toEqual([]);
  });

  it('means what the notification would have meant', () => {
    const [payload] = tell({ orderData: order() })?.payloads ?? [];
    if (!payload) throw new Error('no order');
    const { payload: verified } = accept(payload, 'shared-secret');
    expect(clickbank.normalize(verified, { settings })).toMatchObject([
      {
        key: 'WXYZ1234:SALE:VENDOR:2026-11-18T09:55:00.000Z:2130',
        type: 'SALE',
        order: { id: 'WXYZ1234', sequence: 1 },
        revenue: { amount: 4995, currency: 'USD' },
        payout: { amount: 2130, currency: 'USD' },
      },
    ]);
  });

  it.each([
    ['-20.00', '-1.30', '-21.30'],
    ['0.05', '-0.01', '0.04'],
    ['20.001', '1.00', undefined],
  ])('adds %s and %s to %s', (a, b, sum) => {
    const lines = [{ accountAmount: a }, { accountAmount: b }];
    const [payload] = tell({ orderData: order({ lineItemData: lines }) })?.payloads ?? [];
    expect(payload).toMatchObject({ format: 'ins' });
    const { message } = payload as { message: Record<string, unknown> };
    expect(message['totalAccountAmount']).toBe(sum);
  });
});
