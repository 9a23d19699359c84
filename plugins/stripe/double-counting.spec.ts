import { describe, expect, it } from '@jest/globals';
import { ledger, permutations, type Told } from './fixtures/ledger.js';

const money = { currency: 'usd', customer: 'cus_1' };
const session = (more: object): Told => [
  'checkout.session.completed',
  {
    id: 'cs_1',
    amount_total: 2900,
    payment_status: 'paid',
    client_reference_id: 'clk',
    ...money,
    ...more,
  },
];
const charge: Told = [
  'charge.succeeded',
  { id: 'ch_1', amount: 2900, payment_intent: 'pi_1', ...money },
];
const intent = (more: object = {}): Told => [
  'payment_intent.succeeded',
  { id: 'pi_1', amount_received: 2900, latest_charge: 'ch_1', metadata: {}, ...money, ...more },
];

const subscriptionSession = session({
  mode: 'subscription',
  subscription: 'sub_1',
  invoice: 'in_1',
  payment_intent: null,
});
const created: Told = ['customer.subscription.created', { id: 'sub_1', latest_invoice: 'in_1' }];

const basilInvoice = {
  id: 'in_1',
  amount_paid: 2900,
  billing_reason: 'subscription_create',
  parent: { subscription_details: { subscription: 'sub_1', metadata: { click_id: 'clk' } } },
  ...money,
};
const oldInvoice = {
  id: 'in_1',
  amount_paid: 2900,
  billing_reason: 'subscription_create',
  subscription: 'sub_1',
  payment_intent: 'pi_1',
  charge: 'ch_1',
  subscription_details: { metadata: { click_id: 'clk' } },
  ...money,
};
const refund: Told = [
  'refund.created',
  { id: 're_1', amount: 2900, charge: 'ch_1', payment_intent: 'pi_1', ...money },
];

const SUBSCRIPTION_CHECKOUTS: readonly (readonly [string, readonly Told[]])[] = [
  [
    'before 2025-03-31',
    [
      subscriptionSession,
      created,
      ['invoice.paid', oldInvoice],
      ['invoice.payment_succeeded', oldInvoice],
      intent({ invoice: 'in_1' }),
      charge,
    ],
  ],
  [
    'since 2025-03-31',
    [
      subscriptionSession,
      created,
      ['invoice.paid', basilInvoice],
      ['invoice.payment_succeeded', basilInvoice],
      intent(),
      charge,
    ],
  ],
];

describe('one subscription checkout, six messages', () => {
  it.each(SUBSCRIPTION_CHECKOUTS)('%s: one SALE in any order of arrival', (_when, messages) => {
    const outcomes = permutations(messages).map((order) => ledger(order));
    expect(outcomes).toHaveLength(720);
    expect(new Set(outcomes.map(({ types }) => types.join()))).toEqual(new Set(['SALE']));
    expect(outcomes.flatMap(({ conflicts }) => conflicts)).toEqual([]);
    expect(outcomes[0]?.events[0]).toMatchObject({
      key: 'in_1:sale',
      attribution: { clickId: 'clk' },
    });
  });

  it('is still one SALE when the intent carries attribution and the description says what it is', () => {
    const own = intent({ description: 'Subscription creation', metadata: { click_id: 'clk' } });
    const { types } = ledger([own, ['invoice.paid', basilInvoice], subscriptionSession, charge]);
    expect(types).toEqual(['SALE']);
  });

  it('counts the session instead, once, when the settings say so', () => {
    const settings = { subscriptionSale: 'checkout' } as const;
    for (const [, messages] of SUBSCRIPTION_CHECKOUTS) {
      const { events } = ledger(messages, settings);
      expect(events.map(({ type, nativeType }) => [type, nativeType])).toEqual([
        ['SALE', 'checkout.session.completed'],
      ]);
    }
  });

  it('lets a refund find the sale although the invoice no longer names the intent', () => {
    const tie: Told = [
      'invoice_payment.paid',
      { id: 'inpay_1', invoice: 'in_1', payment: { payment_intent: 'pi_1' } },
    ];
    const { groups, types } = ledger([refund, tie, ...(SUBSCRIPTION_CHECKOUTS[1]?.[1] ?? [])]);
    expect(types.sort()).toEqual(['REFUND', 'SALE']);
    expect(groups).toHaveLength(1);
  });
});

describe('one one-off checkout', () => {
  const messages: readonly Told[] = [
    session({ mode: 'payment', payment_intent: 'pi_1' }),
    intent(),
    charge,
    refund,
  ];

  it.each(['auto', 'checkout', 'payment-intents'] as const)(
    'sales: %s gives one SALE and one REFUND',
    (sales) => {
      for (const order of permutations(messages)) {
        const { types, groups, conflicts } = ledger(order, { sales });
        expect(types.sort()).toEqual(['REFUND', 'SALE']);
        expect(groups).toHaveLength(1);
        expect(conflicts).toEqual([]);
      }
    },
  );

  it('keeps the click id of the session in auto mode', () => {
    const [sale] = ledger([intent(), session({ mode: 'payment', payment_intent: 'pi_1' })]).events;
    expect(sale?.attribution?.clickId).toBe('clk');
  });

  it('never counts twice, even when both could be attributed: the second is a conflict', () => {
    const attributed = intent({ metadata: { click_id: 'clk' } });
    const both = ledger([attributed, session({ mode: 'payment', payment_intent: 'pi_1' })]);
    expect(both.types).toEqual(['SALE']);
    expect(both.conflicts).toEqual(['pi_1:sale']);
  });

  it('counts a debit once: completed unpaid, then succeeded', () => {
    const debit = { mode: 'payment', payment_intent: 'pi_1', payment_status: 'unpaid' };
    const [, object] = session({ ...debit, payment_status: 'paid' });
    const { types } = ledger([
      session(debit),
      ['checkout.session.async_payment_succeeded', object],
    ]);
    expect(types).toEqual(['SALE']);
  });
});
