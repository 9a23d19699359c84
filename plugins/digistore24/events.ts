import type { EventType, NativeEvent } from '#contract';

/** What an `event` field without its `on_` means for the ledger. */
export type Meaning = EventType | 'payment' | 'test' | 'ignored';

interface Row {
  readonly native: string;
  readonly means: Meaning;
  readonly note: string;
}

/** Every event word of the network. `on_payment` is one word for two facts: `pay_sequence_no` tells them apart. */
const ROWS: readonly Row[] = [
  { native: 'on_payment', means: 'payment', note: '' },
  { native: 'on_refund', means: 'REFUND', note: 'full or partial' },
  { native: 'on_chargeback', means: 'CHARGEBACK', note: 'no event says that one was won' },
  { native: 'on_rebill_cancelled', means: 'CANCELED', note: 'access runs to the paid end' },
  { native: 'on_rebill_resumed', means: 'ignored', note: 'no money; the next payment is a REBILL' },
  { native: 'on_payment_missed', means: 'ignored', note: 'also sent after each cancellation' },
  { native: 'payment_denial', means: 'ignored', note: 'payment refused' },
  { native: 'last_paid_day', means: 'ignored', note: 'access ends; told by the cancellation' },
  { native: 'on_affiliation', means: 'ignored', note: 'an affiliate joined the product' },
  { native: 'eticket', means: 'ignored', note: 'may come twice' },
  { native: 'custom_form', means: 'ignored', note: 'a form was filled' },
  { native: 'connection_test', means: 'test', note: 'test button; hardly any fields' },
];

/** The event word without its `on_`, in small letters: older connections leave the prefix out. */
export const bareWord = (word: string): string => word.trim().toLowerCase().replace(/^on_/, '');

const BY_WORD: ReadonlyMap<string, Row> = new Map(ROWS.map((row) => [bareWord(row.native), row]));

/** The row of an event word with or without `on_`, or undefined for a word we do not know. */
export const rowOf = (word: string): { native: string; means: Meaning } | undefined =>
  BY_WORD.get(bareWord(word));

/** The event table shown to users. */
export const EVENTS: readonly NativeEvent[] = ROWS.flatMap(({ native, means, note }) =>
  means === 'payment'
    ? [
        { native, becomes: 'SALE' as const, note: 'pay_sequence_no 0 or 1' },
        { native, becomes: 'REBILL' as const, note: 'pay_sequence_no 2 and above' },
      ]
    : [{ native, becomes: means, note }],
);
