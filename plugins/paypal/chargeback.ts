import {
  compact,
  fromIso,
  listAt,
  notUnderstood,
  textAt,
  type EventDraft,
  type Normalized,
} from '#contract';
import { idAt, lacks, moneyAt, type Handler, type PayPalEvent } from './message.js';
import { paymentKey } from './payment.js';
import { orderOf, paymentOf } from './refund.js';

/** One chargeback per payment: a dispute and a reversal of the same money share it. */
const chargebackKey = (payment: string): string => `${payment}:chargeback`;

/** `PAYMENT.CAPTURE.REVERSED` and `PAYMENT.SALE.REVERSED`: PayPal took the money back. */
export const reversed: Handler = (event, settings) => {
  if (settings.chargebacks === 'disputes') return [];
  const { resource } = event;
  const parent = paymentOf(resource);
  const payment = parent ?? idAt(resource, 'id');
  const revenue = moneyAt(resource, 'amount');
  if (payment === undefined || !revenue) return lacks(event, 'id, amount or currency');
  return [
    {
      key: chargebackKey(payment),
      type: 'CHARGEBACK',
      nativeType: event.type,
      test: event.test,
      occurredAt: fromIso(textAt(resource, 'create_time')) ?? null,
      revenue,
      reversesKey: paymentKey(payment),
      ...compact({
        order: orderOf(resource, payment),
        flags: parent === undefined ? ['parent-missing'] : undefined,
      }),
    },
  ];
};

/** Stages in which money is held or taken. An inquiry is a talk between buyer and seller. */
const STAGES: ReadonlySet<string> = new Set(['CHARGEBACK', 'PRE_ARBITRATION', 'ARBITRATION']);

const WON: ReadonlySet<string> = new Set([
  'RESOLVED_SELLER_FAVOUR',
  'RESOLVED_SELLER_FAVOR',
  'CANCELED_BY_BUYER',
]);

/**
 * Built from lasting members of the dispute alone, so that its several messages tell one event: created, updated (an
 * inquiry that becomes a chargeback keeps its id) and resolved.
 */
function opened(event: PayPalEvent, payment: string): EventDraft | undefined {
  const { resource } = event;
  const revenue = moneyAt(resource, 'dispute_amount');
  return revenue
    ? {
        key: chargebackKey(payment),
        type: 'CHARGEBACK',
        nativeType: 'CUSTOMER.DISPUTE.CREATED',
        test: event.test,
        occurredAt: fromIso(textAt(resource, 'create_time')) ?? null,
        order: { id: payment },
        revenue,
        reversesKey: paymentKey(payment),
      }
    : undefined;
}

function won(event: PayPalEvent, payment: string): EventDraft | undefined {
  const draft = opened(event, payment);
  return draft
    ? {
        ...draft,
        key: `${payment}:chargeback-reversed`,
        type: 'CHARGEBACK_REVERSED',
        nativeType: event.type,
        occurredAt: fromIso(textAt(event.resource, 'update_time')) ?? null,
        reversesKey: chargebackKey(payment),
      }
    : undefined;
}

/** `CUSTOMER.DISPUTE.*`: a chargeback once money is concerned; taken back when it is resolved for the seller. */
export const disputed: Handler = (event, settings): Normalized => {
  const { resource, type } = event;
  const stage = textAt(resource, 'dispute_life_cycle_stage') ?? '';
  if (settings.chargebacks === 'reversals' || !STAGES.has(stage)) return [];
  const payments = listAt(resource, 'disputed_transactions');
  if (payments.length > 1) return notUnderstood('a dispute over several payments');
  const payment = idAt(resource, 'disputed_transactions[0].seller_transaction_id');
  if (payment === undefined) return lacks(event, 'seller_transaction_id');
  const outcome = textAt(resource, 'dispute_outcome.outcome_code') ?? '';
  const isWon = type === 'CUSTOMER.DISPUTE.RESOLVED' && WON.has(outcome);
  const draft = isWon ? won(event, payment) : opened(event, payment);
  return draft ? [draft] : lacks(event, 'dispute_amount');
};
