import { describe, expect, it } from '@jest/globals';
import { csvRows } from './csv.js';
import { csvOrders } from './csv-orders.js';

describe('CSV', () => {
  it.each([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      '\uFEFFa,b\r\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['a\n"x, ""y""\nz"\n', [['a'], ['x, "y"\nz']]],
    [
      'a,b\n1,\n,2\n\n',
      [
        ['a', 'b'],
        ['1', ''],
        ['', '2'],
      ],
    ],
    ['', []],
  ])('%j', (text, rows) => expect(csvRows(text)).toEqual(rows));

  it('refuses a quote that does not end', () => {
    expect(() => csvRows('a\n"open')).toThrow('row 2');
  });
});

describe('orders of a CSV file', () => {
  const FILE = [
    'Order,created,total,currency,aliases,remoteIds.tap.conversionId,note',
    'A1,2026-01-02T03:04:05Z,49.95,USD,x|y,77,hello',
    'A2,2026-01-03T03:04:05Z,5000,JPY,,,',
    'A3,2026-01-03T03:04:05Z,12.345,USD,,,',
  ].join('\n');
  const MAP = ['orderId=Order', 'occurredAt=created', 'amount=total'];

  it('have amounts in minor units, lists, ids of partners, and no other columns', () => {
    const [one, two, three] = csvOrders(FILE, MAP);
    expect(one).toEqual({
      orderId: 'A1',
      occurredAt: '2026-01-02T03:04:05Z',
      amount: 4995,
      currency: 'USD',
      aliases: ['x', 'y'],
      remoteIds: { tap: { conversionId: '77' } },
    });
    expect(two).toMatchObject({ amount: 5000, currency: 'JPY' });
    expect(two).not.toHaveProperty('aliases');
    // The gateway names it as a fault of this line; guessing would book another amount.
    expect(three).toMatchObject({ amount: '12.345' });
  });

  it.each([
    [['orderid=Order'], 'did you mean orderId?'],
    [['orderId=Ordr'], 'did you mean Order?'],
    [[], 'no column is orderId'],
  ])('%j says what is wrong', (maps, says) => {
    let fault: { message: string; fix?: string } | undefined;
    try {
      csvOrders(FILE, maps);
    } catch (error) {
      fault = error as { message: string; fix?: string };
    }
    expect(`${fault?.message} ${fault?.fix}`).toContain(says);
  });
});
