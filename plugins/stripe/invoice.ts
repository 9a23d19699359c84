import {
  compact,
  fromEpochSeconds,
  listAt,
  notUnderstood,
  textAt,
  type EventDraft,
} from '#contract';
import { stripeMoney } from './amount.js';
import { attributionOf, customerOf } from './attribution.js';
import type { StripeSettings } from './settings.js';
import {
  idAt,
  known,
  lacks,
  tie,
  type Handler,
  type Snapshot,
  type StripeObject,
} from './snapshot.js';

/** `billing_reason` of invoices that continue a subscription; `subscription` is the word of 2018 and before. */
const CONTINUES: ReadonlySet<string> = new Set([
  'subscription_cycle',
  'subscription_update',
  'subscription_threshold',
  'subscription',
  'automatic_pending_invoice_item_invoice',
]);

/** The subscription stands at the top before API version 2025-03-31, under `parent` since. */
const subscriptionOf = (invoice: StripeObject): string | undefined =>
  idAt(invoice, 'parent.subscription_details.subscription') ??
  idAt(invoice, 'subscription') ??
  idAt(invoice, 'lines.data[0].parent.subscription_item_details.subscription') ??
  idAt(invoice, 'lines.data[0].subscription');

/** Intent and charge that paid it: fields before 2025-03-31, a list since (when the message includes it). */
const paymentsOf = (invoice: StripeObject): readonly string[] =>
  known(
    idAt(invoice, 'payment_intent'),
    idAt(invoice, 'charge'),
    ...listAt(invoice, 'payments.data').flatMap((entry) => [
      idAt(entry, 'payment.payment_intent'),
      idAt(entry, 'payment.charge'),
    ]),
  );

/** Where a subscription's metadata stands in its invoices, surest first. */
const METADATA = [
  'parent.subscription_details.metadata',
  'subscription_details.metadata',
  'metadata',
  'lines.data[0].metadata',
];

type Meaning = 'SALE' | 'REBILL' | 'tie' | undefined;

function meaningOf(invoice: StripeObject, settings: StripeSettings): Meaning {
  const reason = textAt(invoice, 'billing_reason') ?? '';
  if (reason === 'subscription_create')
    return settings.subscriptionSale === 'checkout' ? 'tie' : 'SALE';
  // A plan change that cost nothing moved no money; a free period (trial, coupon) is kept as a rebill of zero.
  if (reason === 'subscription_update' && Number(textAt(invoice, 'amount_paid')) === 0)
    return 'tie';
  if (CONTINUES.has(reason)) return 'REBILL';
  if (reason !== 'manual') return undefined;
  if (subscriptionOf(invoice) !== undefined) return 'REBILL';
  return settings.oneOffInvoices === 'sale' ? 'SALE' : 'tie';
}

function flagsOf(invoice: StripeObject, amount: number): readonly string[] | undefined {
  const flags = [
    ...(amount === 0 ? ['zero-amount'] : []),
    ...(invoice['paid_out_of_band'] === true ? ['paid-out-of-band'] : []),
    ...(textAt(invoice, 'billing_reason') === 'subscription_update' ? ['plan-change'] : []),
  ];
  return flags.length > 0 ? flags : undefined;
}

function draftOf(
  event: Snapshot,
  settings: StripeSettings,
  type: 'SALE' | 'REBILL',
): EventDraft | undefined {
  const invoice = event.object;
  const name = idAt(invoice, 'id');
  const revenue = stripeMoney(invoice['amount_paid'], invoice['currency']);
  if (name === undefined || !revenue) return undefined;
  const id = subscriptionOf(invoice) ?? name;
  return {
    key: `${name}:${type === 'SALE' ? 'sale' : 'rebill'}`,
    type,
    nativeType: event.type,
    test: event.test,
    occurredAt: fromEpochSeconds(textAt(invoice, 'status_transitions.paid_at')) ?? event.at,
    order: {
      id,
      ...compact({ sequence: type === 'SALE' ? 1 : undefined }),
      aliases: known(name, ...paymentsOf(invoice)).filter((alias) => alias !== id),
    },
    revenue,
    ...compact({
      attribution: attributionOf(invoice, settings, METADATA),
      customer: customerOf(invoice),
      flags: flagsOf(invoice, revenue.amount),
    }),
  };
}

/** `invoice.paid`: the money of subscriptions, whatever the API version and the way of payment. */
export const invoicePaid: Handler = (event, settings) => {
  const invoice = event.object;
  const meaning = meaningOf(invoice, settings);
  if (meaning === undefined) {
    const reason = /^[a-z_]{1,60}$/.exec(textAt(invoice, 'billing_reason') ?? '')?.[0];
    return notUnderstood(`invoice.paid with billing_reason ${reason ?? 'none'}`);
  }
  if (meaning === 'tie')
    return tie(subscriptionOf(invoice), idAt(invoice, 'id'), ...paymentsOf(invoice));
  const draft = draftOf(event, settings, meaning);
  return draft ? [draft] : lacks(event, 'id, amount or currency');
};

/** `invoice_payment.paid` (2025-03-31 and later): which intent or charge paid which invoice. */
export const invoicePaymentPaid: Handler = (event) =>
  tie(
    idAt(event.object, 'invoice'),
    idAt(event.object, 'payment.payment_intent'),
    idAt(event.object, 'payment.charge'),
  );
