import type { NativeEvent } from '#contract';

/** Every word of `WP_ACTION` that is known. */
export const EVENTS: readonly NativeEvent[] = [
  { native: 'sale', becomes: 'SALE', note: 'also the first payment of a subscription' },
  { native: 'sale', becomes: 'REBILL', note: 'WP_SUBSCR_PAYMENT_NUM above 1' },
  { native: 'subscr_payment*', becomes: 'REBILL', note: 'number 1 is the sale' },
  { native: 'subscr_completed', becomes: 'REBILL', note: 'only with a payment of its own' },
  { native: 'refund', becomes: 'REFUND' },
  { native: 'subscr_refunded', becomes: 'REFUND' },
  { native: 'dispute', becomes: 'CHARGEBACK', note: 'nothing says that one was won' },
  { native: 'subscr_cancelled', becomes: 'CANCELED' },
  { native: 'subscr_ended', becomes: 'CANCELED' },
  { native: 'subscr_suspended', becomes: 'CANCELED', note: 'can be reactivated' },
  { native: 'subscr_created', becomes: 'ignored', note: 'the sale tells the same money' },
  { native: 'subscr_reactivated', becomes: 'ignored', note: 'the next payment is a REBILL' },
  { native: 'subscr_failed*', becomes: 'ignored', note: 'a due payment did not come' },
  { native: 'test', becomes: 'test' },
];

const BY_WORD: ReadonlyMap<string, NativeEvent['becomes']> = new Map(
  EVENTS.toReversed().map(({ native, becomes }) => [native, becomes]),
);

/** What a word means, or undefined for one that we do not know. */
export function meaningOf(word: string): NativeEvent['becomes'] | undefined {
  if (word.startsWith('subscr_failed')) return 'ignored';
  return word.startsWith('subscr_payment') ? 'REBILL' : BY_WORD.get(word);
}
