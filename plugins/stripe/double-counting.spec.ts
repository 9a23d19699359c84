import { describe, expect, it } from '@jest/globals';
import { isNotUnderstood, isOrderLink, type EventDraft, type Normalized, type Verified } from '#contract';
import plugin from './index.js';
import { StripeSettings } from './settings.js';
import type { StripeEvent } from './snapshot.js';

type Told = readonly [type: string, object: Record<string, unknown>, more?: Record<string, unknown>];

const normalized = (told: Told, settings: Partial<StripeSettings> = {}): Normalized => {
  const [type, object, more = {}] = told;
  const { previous, ...rest } = more;
  const data = { object, ...(previous === undefined ? {} : { previous_attributes: previous }) };
  const event = { id: 'evt_1', object: 'event', created: 1_795_168_800, livemode: true, type, data, ...rest };
  return plugin.normalize(event as unknown as Verified<StripeEvent>, {
    settings: Object.assign(new StripeSettings(), settings),
  });
};

/** What a ledger with unique keys keeps of messages in this order, and the names it learnt to be one purchase. */
function ledger(messages: readonly Told[], settings: Partial<StripeSettings> = {}) {
  const kept = new Map<string, EventDraft>();
  const conflicts: string[] = [];
  const groups: Set<string>[] = [];
  const join = (names: readonly string[]): void => {
    const merged = new Set(names);
    for (const group of groups.filter((one) => names.some((name) => one.has(name)))) {
      for (const name of group) merged.add(name);
      groups.splice(groups.indexOf(group), 1);
    }
    groups.push(merged);
  };
  for (const message of messages) {
    const result = normalized(message, settings);
    if (isNotUnderstood(result)) continue;
    for (const one of result) {
      if (isOrderLink(one)) join(one.link);
      else {
        const before = kept.get(one.key);
        if (before && JSON.stringify(before) !== JSON.stringify(one)) conflicts.push(one.key);
        if (!before) kept.set(one.key, one);
        if (one.order) join([one.order.id, ...(one.order.aliases ?? [])]);
      }
    }
  }
  const events = [...kept.values()];
  return { events, conflicts, groups, types: events.map(({ type }) => type) };
}

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, at) =>
        permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
      );

const money = { currency: 'usd', customer: 'cus_1' };
const session = (more: object): Told => [
  'checkout.session.completed',
  { id: 'cs_1', amount_total: 2900, payment_status: 'paid', client_reference_id: 'clk', ...money, ...more },
];
const charge: Told = ['charge.succeeded', { id: 'ch_1', amount: 2900, payment_intent: 'pi_1', ...money }];
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
const refund: Told = ['refund.created', { id: 're_1', amount: 2900, charge: 'ch_1', payment_intent: 'pi_1', ...money }];

const SUBSCRIPTION_CHECKOUTS: readonly (readonly [string, readonly Told[]])[] = [
  ['before 2025-03-31', [subscriptionSession, created, ['invoice.paid', oldInvoice], ['invoice.payment_succeeded', oldInvoice], intent({ invoice: 'in_1' }), charge]],
  ['since 2025-03-31', [subscriptionSession, created, ['invoice.paid', basilInvoice], ['invoice.payment_succeeded', basilInvoice], intent(), charge]],
];

describe('one subscription checkout, six messages', () => {
  it.each(SUBSCRIPTION_CHECKOUTS)('%s: one SALE in any order of arrival', (_when, messages) => {
    const outcomes = permutations(messages).map((order) => ledger(order));
    expect(outcomes).toHaveLength(720);
    expect(new Set(outcomes.map(({ types }) => types.join()))).toEqual(new Set(['SALE']));
    expect(outcomes.flatMap(({ conflicts }) => conflicts)).toEqual([]);
    expect(outcomes[0]?.events[0]).toMatchObject({ key: 'in_1:sale', attribution: { clickId: 'clk' } });
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
    const tie: Told = ['invoice_payment.paid', { id: 'inpay_1', invoice: 'in_1', payment: { payment_intent: 'pi_1' } }];
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

  it.each(['auto', 'checkout', 'payment-intents'] as const)('sales: %s gives one SALE and one REFUND', (sales) => {
    for (const order of permutations(messages)) {
      const { types, groups, conflicts } = ledger(order, { sales });
      expect(types.sort()).toEqual(['REFUND', 'SALE']);
      expect(groups).toHaveLength(1);
      expect(conflicts).toEqual([]);
    }
  });

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
    const { types } = ledger([session(debit), ['checkout.session.async_payment_succeeded', object]]);
    expect(types).toEqual(['SALE']);
  });
});

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
    const told: Told = [type, bare, { api_version: '2025-03-31.basil', previous: { amount_refunded: 0 } }];
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
  const dispute = { id: 'dp_1', amount: 2900, created: 1_795_160_000, charge: 'ch_1', payment_intent: 'pi_1', ...money };
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
    expect(ledger([...inquiry, tell('funds_withdrawn', 'needs_response')]).types).toEqual(['CHARGEBACK']);
  });
});
