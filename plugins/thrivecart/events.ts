import type { NativeEvent } from '#contract';

const ignored = (note: string, ...natives: readonly string[]): readonly NativeEvent[] =>
  natives.map((native) => ({ native, becomes: 'ignored', note }));

/** Words of the account's webhook, and of the event subscriptions of ThriveCart's API (with underscores). */
export const EVENTS: readonly NativeEvent[] = [
  { native: 'order.success', becomes: 'SALE' },
  { native: 'order_created', becomes: 'SALE', note: 'event subscription' },
  { native: 'order.subscription_payment', becomes: 'REBILL' },
  { native: 'order_rebill', becomes: 'REBILL', note: 'event subscription' },
  { native: 'order.refund', becomes: 'REFUND', note: 'full or partial; chargebacks are not told' },
  { native: 'order_refund', becomes: 'REFUND', note: 'event subscription' },
  { native: 'order.subscription_cancelled', becomes: 'CANCELED' },
  { native: 'order_rebill_cancelled', becomes: 'CANCELED', note: 'event subscription' },
  ...ignored(
    'can be resumed, no money',
    'order.subscription_paused',
    'order.subscription_resumed',
    'subscription_paused',
    'subscription_resumed',
  ),
  ...ignored(
    'no money',
    'order.rebill_failed',
    'order_rebill_failed',
    'cart.abandoned',
    'cart_abandoned',
  ),
  ...ignored('parts of an order that is told whole', 'order_payment*', 'order_refund_*'),
  ...ignored('ThriveCart’s own affiliate programme', 'affiliate.*', 'affiliate_*'),
];

const matches = (native: string, word: string): boolean =>
  native.endsWith('*') ? word.startsWith(native.slice(0, -1)) : native === word;

/** What a word means, or undefined for one that we do not know. */
export const meaningOf = (word: string): NativeEvent['becomes'] | undefined =>
  EVENTS.find(({ native }) => matches(native, word))?.becomes;
