import type { NativeEvent } from '#contract';
import { adjusted } from './adjustment.js';
import type { Handler } from './message.js';
import { canceled } from './subscription.js';
import { completed } from './transaction.js';

const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ['transaction.completed', completed],
  ['adjustment.created', adjusted],
  ['adjustment.updated', adjusted],
  ['subscription.canceled', canceled],
]);

const ignored = (note: string, ...natives: readonly string[]): readonly NativeEvent[] =>
  natives.map((native) => ({ native, becomes: 'ignored', note }));

const ADJUSTED = ['adjustment.created', 'adjustment.updated'].flatMap((native): NativeEvent[] => [
  { native, becomes: 'REFUND', note: 'action refund, once approved' },
  { native, becomes: 'CHARGEBACK', note: 'action chargeback' },
  { native, becomes: 'CHARGEBACK_REVERSED', note: 'action chargeback_reverse' },
  { native, becomes: 'ignored', note: 'credits, warnings, not approved' },
]);

/** The event table shown to users. */
export const EVENT_TABLE: readonly NativeEvent[] = [
  { native: 'transaction.completed', becomes: 'SALE', note: 'origin web or api' },
  { native: 'transaction.completed', becomes: 'REBILL', note: 'origin subscription_…' },
  ...ADJUSTED,
  { native: 'subscription.canceled', becomes: 'CANCELED' },
  ...ignored(
    'the same money is told by transaction.completed, or there is none',
    'transaction.billed',
    'transaction.canceled',
    'transaction.created',
    'transaction.paid',
    'transaction.past_due',
    'transaction.payment_failed',
    'transaction.ready',
    'transaction.revised',
    'transaction.updated',
  ),
  ...ignored(
    'life of a subscription',
    'subscription.activated',
    'subscription.created',
    'subscription.imported',
    'subscription.past_due',
    'subscription.paused',
    'subscription.resumed',
    'subscription.trialing',
    'subscription.updated',
  ),
  ...ignored(
    'no fact for affiliates',
    'address.*',
    'api_key.*',
    'business.*',
    'client_token.*',
    'customer.*',
    'discount.*',
    'discount_group.*',
    'payment_method.*',
    'payout.*',
    'price.*',
    'product.*',
    'report.*',
  ),
];

const IGNORED = EVENT_TABLE.filter(({ becomes }) => becomes === 'ignored').map(
  ({ native }) => native,
);

const matches = (native: string, type: string): boolean =>
  native.endsWith('*') ? type.startsWith(native.slice(0, -1)) : native === type;

/** What to do with an event type, or undefined for one that we do not know. */
export const handlerOf = (type: string): Handler | undefined =>
  HANDLERS.get(type) ?? (IGNORED.some((native) => matches(native, type)) ? () => [] : undefined);
