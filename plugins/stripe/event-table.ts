import type { NativeEvent } from '#contract';
import { sessionDone } from './checkout.js';
import { disputeEnded, disputeOpened } from './dispute.js';
import { invoicePaid, invoicePaymentPaid } from './invoice.js';
import { chargeSucceeded, intentSucceeded } from './payment-intent.js';
import { chargeRefunded, refundChanged, refundCreated } from './refund.js';
import type { Handler } from './snapshot.js';
import { subscriptionDeleted } from './subscription.js';

const nothing: Handler = () => [];

type Row = NativeEvent & { readonly handle: Handler };

const row = (
  native: string,
  becomes: NativeEvent['becomes'],
  handle: Handler,
  note?: string,
): Row => ({ native, becomes, handle, ...(note === undefined ? {} : { note }) });

const ignored = (note: string, ...natives: readonly string[]): readonly Row[] =>
  natives.map((native) => row(native, 'ignored', nothing, note));

const ROWS: readonly Row[] = [
  row(
    'checkout.session.completed',
    'SALE',
    sessionDone,
    'paid, payment mode; subscription mode ties names only',
  ),
  row(
    'checkout.session.async_payment_succeeded',
    'SALE',
    sessionDone,
    'the late result of bank debits',
  ),
  row(
    'payment_intent.succeeded',
    'SALE',
    intentSucceeded,
    'own payment forms only; otherwise ties names',
  ),
  row('invoice.paid', 'SALE', invoicePaid, 'the first invoice'),
  row('invoice.paid', 'REBILL', invoicePaid, 'the later ones'),
  row('refund.created', 'REFUND', refundCreated),
  row('charge.refunded', 'REFUND', chargeRefunded, 'fallback, see the setting refunds'),
  row('refund.failed', 'ADJUSTMENT', refundChanged, 'the money of the refund comes back'),
  row('refund.updated', 'ADJUSTMENT', refundChanged, 'only when failed or canceled'),
  row('charge.refund.updated', 'ADJUSTMENT', refundChanged, 'only when failed or canceled'),
  row('charge.dispute.created', 'CHARGEBACK', disputeOpened, 'not for inquiries (warning_…)'),
  row('charge.dispute.funds_withdrawn', 'CHARGEBACK', disputeOpened, 'same event as created'),
  row('charge.dispute.closed', 'CHARGEBACK_REVERSED', disputeEnded, 'only when won'),
  row(
    'charge.dispute.funds_reinstated',
    'CHARGEBACK_REVERSED',
    disputeEnded,
    'same event as closed',
  ),
  row('customer.subscription.deleted', 'CANCELED', subscriptionDeleted),
  row('charge.succeeded', 'link', chargeSucceeded, 'third name of the same money'),
  row('invoice_payment.paid', 'link', invoicePaymentPaid, 'intent or charge of an invoice'),
  ...ignored('twin of invoice.paid', 'invoice.payment_succeeded'),
  ...ignored('no sale', 'checkout.session.expired', 'checkout.session.async_payment_failed'),
  ...ignored(
    'no money',
    'charge.captured',
    'charge.expired',
    'charge.failed',
    'charge.pending',
    'charge.updated',
    'charge.dispute.updated',
    'payment_intent.amount_capturable_updated',
    'payment_intent.canceled',
    'payment_intent.created',
    'payment_intent.partially_funded',
    'payment_intent.payment_failed',
    'payment_intent.processing',
    'payment_intent.requires_action',
  ),
  ...ignored(
    'life of an invoice',
    'invoice.created',
    'invoice.deleted',
    'invoice.finalization_failed',
    'invoice.finalized',
    'invoice.marked_uncollectible',
    'invoice.overdue',
    'invoice.overpaid',
    'invoice.payment_action_required',
    'invoice.payment_attempt_required',
    'invoice.payment_failed',
    'invoice.sent',
    'invoice.upcoming',
    'invoice.updated',
    'invoice.voided',
    'invoice.will_be_due',
  ),
  ...ignored(
    'life of a subscription; paid and ended are told by other messages',
    'customer.subscription.created',
    'customer.subscription.paused',
    'customer.subscription.pending_update_applied',
    'customer.subscription.pending_update_expired',
    'customer.subscription.resumed',
    'customer.subscription.trial_will_end',
    'customer.subscription.updated',
  ),
];

/** Whole families without a fact for affiliates. */
const FAMILIES =
  'account application_fee balance billing billing_portal capability cash_balance climate coupon credit_note ' +
  'customer customer_cash_balance_transaction entitlements external_account file financial_connections identity ' +
  'invoiceitem issuing_authorization issuing_card issuing_cardholder issuing_dispute issuing_token ' +
  'issuing_transaction mandate payment_link payment_method payout person plan price product promotion_code quote ' +
  'radar reporting review setup_intent sigma source subscription_schedule tax tax_rate terminal test_helpers topup ' +
  'transfer treasury';

const families: ReadonlySet<string> = new Set(FAMILIES.split(' '));
const handlers: ReadonlyMap<string, Handler> = new Map(
  ROWS.map((known) => [known.native, known.handle]),
);

/**
 * How to read a type; undefined when we do not know it. `customer.subscription.…` is not part of the family
 * `customer`: a new word about subscriptions must be seen.
 */
export function handlerOf(type: string): Handler | undefined {
  const exact = handlers.get(type);
  if (exact || type.startsWith('customer.subscription.')) return exact;
  return families.has(type.split('.')[0] ?? '') ? nothing : undefined;
}

/** The table of the README. */
export const EVENT_TABLE: readonly NativeEvent[] = [
  ...ROWS.map(({ handle: _handle, ...rest }) => rest),
  ...[...families].map((family): NativeEvent => ({ native: `${family}.*`, becomes: 'ignored' })),
];
