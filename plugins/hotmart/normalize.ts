import {
  compact,
  notUnderstood,
  textAt,
  type EventDraft,
  type Json,
  type NormalizeContext,
  type Normalized,
} from '#contract';
import { meaningOf } from './events.js';
import {
  attributionOf,
  codeAt,
  customerOf,
  isTest,
  orderOf,
  payoutOf,
  recurrenceOf,
  revenueOf,
  subscriptionName,
  timeAt,
} from './message.js';
import type { HotmartSettings } from './settings.js';

const paymentKey = (transaction: string): string => `${transaction}:payment`;

const peopleOf = (
  message: Json,
  settings: HotmartSettings,
): Pick<EventDraft, 'attribution' | 'customer'> =>
  compact({ attribution: attributionOf(message, settings), customer: customerOf(message) });

/** Approved and complete (end of the guarantee) tell one sale, so both give the same event to the letter. */
function payment(message: Json, settings: HotmartSettings, transaction: string): Normalized {
  const revenue = revenueOf(message, settings);
  if (!revenue) return notUnderstood('a purchase without a readable price');
  return [
    {
      key: paymentKey(transaction),
      type: (recurrenceOf(message) ?? 1) > 1 ? 'REBILL' : 'SALE',
      nativeType: 'PURCHASE_APPROVED',
      test: isTest(message),
      occurredAt: timeAt(message, 'data.purchase.approved_date'),
      order: orderOf(message, transaction),
      ...peopleOf(message, settings),
      revenue,
      ...compact({ payout: payoutOf(message, settings) }),
    },
  ];
}

/** A refund or chargeback repeats the whole purchase, so of a partial one the amount is not known. */
function reversal(
  message: Json,
  settings: HotmartSettings,
  transaction: string,
  type: 'REFUND' | 'CHARGEBACK',
): Normalized {
  if (textAt(message, 'data.purchase.status')?.toUpperCase() === 'PARTIALLY_REFUNDED') {
    return notUnderstood('a partial refund, whose amount the message does not tell');
  }
  const revenue = revenueOf(message, settings);
  if (!revenue) return notUnderstood('a refund or chargeback without a readable price');
  return [
    {
      key: `${transaction}:${type.toLowerCase()}`,
      type,
      nativeType: textAt(message, 'event') ?? '',
      test: isTest(message),
      occurredAt: timeAt(message, 'creation_date'),
      order: orderOf(message, transaction),
      ...peopleOf(message, settings),
      revenue,
      ...compact({ payout: payoutOf(message, settings) }),
      reversesKey: paymentKey(transaction),
    },
  ];
}

function cancellation(message: Json, settings: HotmartSettings): Normalized {
  const code =
    codeAt(message, 'data.subscriber.code') ?? codeAt(message, 'data.subscription.subscriber.code');
  if (code === undefined) return notUnderstood('a cancellation without a readable subscriber code');
  const at = timeAt(message, 'data.cancellation_date');
  return [
    {
      key: `${subscriptionName(code)}:cancelled:${at ?? ''}`,
      type: 'CANCELED',
      nativeType: 'SUBSCRIPTION_CANCELLATION',
      test: isTest(message),
      occurredAt: at,
      order: { id: subscriptionName(code) },
      ...peopleOf(message, settings),
    },
  ];
}

const shown = (word: string): string => (/^[A-Z_]{1,60}$/.test(word) ? `: ${word}` : '');

/** The canonical meaning of a verified message; one event at most. */
export function normalize(
  message: Json,
  { settings }: NormalizeContext<HotmartSettings>,
): Normalized {
  const word = textAt(message, 'event');
  if (word === undefined) {
    return notUnderstood('a message of webhook version 1: choose version 2.0.0 in Hotmart');
  }
  const meaning = meaningOf(word);
  if (meaning === undefined) return notUnderstood(`unknown event${shown(word)}`);
  if (meaning === 'ignored') return [];
  if (meaning === 'CANCELED') return cancellation(message, settings);
  const transaction = codeAt(message, 'data.purchase.transaction');
  if (transaction === undefined) return notUnderstood(`${word} without a readable transaction`);
  return meaning === 'REFUND' || meaning === 'CHARGEBACK'
    ? reversal(message, settings, transaction, meaning)
    : payment(message, settings, transaction);
}
