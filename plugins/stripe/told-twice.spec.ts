import { describe, expect, it } from '@jest/globals';
import { ledger, normalized, permutations, type Told } from './fixtures/ledger.js';

const money = { currency: 'usd', customer: 'cus_1' };
const refund: Told = [
  'refund.created',
  { id: 're_1', amount: 2900, charge: 'ch_1', payment_intent: 'pi_1', ...money },
];

describe('refunds told twice', () => {
  const listed: Told = [
    'charge.refunded',
    {
      id: 'ch_1',
      amount: 2900,
      amount_refunded: 2900,
      payment_intent: 'pi_1',
      ...money,
      refunds: { data: [refund[1]] },
    },
    { api_version: '2022-08-01', previous: { amount_refunded: 0 } },
  ];

  it('refund.created and a charge that lists it are one event, word for word', () => {
    for (const order of permutations([refund, listed])) {
      expect(ledger(order)).toMatchObject({ types: ['REFUND'], conflicts: [] });
    }
  });

  it('two partial refunds of a charge give their differences', () => {
    const step = (total: number, before: number): Told => [
      'charge.refunded',
      { id: 'ch_1', amount_refunded: total, payment_intent: 'pi_1', ...money },
      { previous: { amount_refunded: before } },
    ];
    const { events } = ledger([step(500, 0), step(1200, 500), step(1200, 500)]);
    expect(events.map(({ revenue }) => revenue?.amount)).toEqual([500, 700]);
  });

  it('a charge alone is parked once refund.created exists, rather than counted beside it', () => {
    const [type, object] = listed;
    const bare = { ...object, refunds: undefined };
    const told: Told = [
      type,
      bare,
      { api_version: '2025-03-31.basil', previous: { amount_refunded: 0 } },
    ];
    expect(normalized(told)).toHaveProperty('notUnderstood');
    expect(ledger([told, refund]).types).toEqual(['REFUND']);
    expect(ledger([told, refund], { refunds: 'charge-refunded' }).types).toEqual(['REFUND']);
    expect(ledger([told, refund], { refunds: 'refund-objects' }).types).toEqual(['REFUND']);
  });

  it('a failed refund comes back once, whichever messages tell it', () => {
    const failed = { ...refund[1], status: 'failed' };
    const { events, conflicts } = ledger([
      refund,
      ['refund.failed', failed, { created: 1_795_168_900 }],
      ['refund.updated', failed, { created: 1_795_168_901 }],
      ['charge.refund.updated', failed, { created: 1_795_168_902 }],
    ]);
    expect(events.map(({ type, adjustsKey }) => [type, adjustsKey])).toEqual([
      ['REFUND', undefined],
      ['ADJUSTMENT', 're_1:refund'],
    ]);
    expect(conflicts).toEqual([]);
  });
});

describe('disputes told twice', () => {
  const dispute = {
    id: 'dp_1',
    amount: 2900,
    created: 1_795_160_000,
    charge: 'ch_1',
    payment_intent: 'pi_1',
    ...money,
  };
  const tell = (word: string, status: string, created = 1_795_168_800): Told => [
    `charge.dispute.${word}`,
    { ...dispute, status },
    { created },
  ];

  it('gives one chargeback and one reversal', () => {
    const { types, conflicts } = ledger([
      tell('created', 'needs_response'),
      tell('funds_withdrawn', 'needs_response', 1_795_168_801),
      tell('updated', 'under_review'),
      tell('closed', 'won', 1_795_169_000),
      tell('funds_reinstated', 'won', 1_795_169_007),
    ]);
    expect(types).toEqual(['CHARGEBACK', 'CHARGEBACK_REVERSED']);
    expect(conflicts).toEqual([]);
  });

  it('says nothing about inquiries until the money goes', () => {
    const inquiry = [tell('created', 'warning_needs_response'), tell('closed', 'warning_closed')];
    expect(ledger(inquiry).types).toEqual([]);
    expect(ledger([...inquiry, tell('funds_withdrawn', 'needs_response')]).types).toEqual([
      'CHARGEBACK',
    ]);
  });
});
