import type { NativeEvent } from '#contract';

const ignored = (note: string, ...natives: readonly string[]): readonly NativeEvent[] =>
  natives.map((native) => ({ native, becomes: 'ignored', note }));

/** Every event word of the webhook, version 2. */
export const EVENTS: readonly NativeEvent[] = [
  { native: 'PURCHASE_APPROVED', becomes: 'SALE', note: 'recurrence_number 1 or none' },
  { native: 'PURCHASE_APPROVED', becomes: 'REBILL', note: 'recurrence_number 2 and above' },
  { native: 'PURCHASE_COMPLETE', becomes: 'SALE', note: 'end of the guarantee: same event' },
  { native: 'PURCHASE_COMPLETE', becomes: 'REBILL', note: 'the same' },
  { native: 'PURCHASE_REFUNDED', becomes: 'REFUND' },
  { native: 'PURCHASE_CHARGEBACK', becomes: 'CHARGEBACK', note: 'nothing says that one was won' },
  { native: 'SUBSCRIPTION_CANCELLATION', becomes: 'CANCELED' },
  ...ignored('a refund was asked for; no money yet', 'PURCHASE_PROTEST'),
  ...ignored(
    'no money',
    'PURCHASE_BILLET_PRINTED',
    'PURCHASE_CANCELED',
    'PURCHASE_DELAYED',
    'PURCHASE_EXPIRED',
    'PURCHASE_OUT_OF_SHOPPING_CART',
  ),
  ...ignored('the next payment is a REBILL', 'SWITCH_PLAN', 'UPDATE_SUBSCRIPTION_CHARGE_DATE'),
  ...ignored('no fact for affiliates', 'CLUB_*'),
];

/** What an event word means, the same for both halves of a double row; undefined for one that we do not know. */
export const meaningOf = (word: string): NativeEvent['becomes'] | undefined =>
  word.startsWith('CLUB_') ? 'ignored' : EVENTS.find(({ native }) => native === word)?.becomes;
