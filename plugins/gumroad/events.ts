import type { NativeEvent } from '#contract';

/** Every word of `resource_name`; the plain ping of the settings page has none and is a sale. */
export const EVENTS: readonly NativeEvent[] = [
  { native: 'sale', becomes: 'SALE' },
  { native: 'sale', becomes: 'REBILL', note: 'is_recurring_charge true' },
  { native: 'refund', becomes: 'REFUND', note: 'the amount of a partial one is not told' },
  { native: 'dispute', becomes: 'CHARGEBACK' },
  { native: 'dispute_won', becomes: 'CHARGEBACK_REVERSED' },
  { native: 'cancellation', becomes: 'CANCELED' },
  { native: 'subscription_ended', becomes: 'CANCELED', note: 'not after a cancellation' },
  { native: 'subscription_updated', becomes: 'ignored', note: 'the next payment is a REBILL' },
  { native: 'subscription_restarted', becomes: 'ignored', note: 'the next payment is a REBILL' },
];

/** What a word means, the same for both halves of a double row; undefined for one that we do not know. */
export const meaningOf = (word: string): NativeEvent['becomes'] | undefined =>
  EVENTS.find(({ native }) => native === word)?.becomes;
