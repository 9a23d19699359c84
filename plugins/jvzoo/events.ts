import type { NativeEvent } from '#contract';

/** Every word of `ctransaction` (v1) and `transaction_type` (v2). */
export const EVENTS: readonly NativeEvent[] = [
  { native: 'SALE', becomes: 'SALE' },
  { native: 'BILL', becomes: 'REBILL' },
  { native: 'REBILL', becomes: 'REBILL', note: 'v2, the same as BILL' },
  { native: 'RFND', becomes: 'REFUND', note: 'v2: chargebacks too' },
  { native: 'CGBK', becomes: 'CHARGEBACK' },
  { native: 'INSF', becomes: 'CHARGEBACK', note: 'a cheque was not covered' },
  { native: 'CANCEL-REBILL', becomes: 'CANCELED' },
  { native: 'UNCANCEL-REBILL', becomes: 'ignored', note: 'the next payment is a REBILL' },
  { native: 'TEST', becomes: 'test' },
  { native: 'TEST_*', becomes: 'test' },
];

const BY_WORD: ReadonlyMap<string, NativeEvent['becomes']> = new Map(
  EVENTS.map(({ native, becomes }) => [native, becomes]),
);

/** What a word means, or undefined for one that we do not know. */
export const meaningOf = (word: string): NativeEvent['becomes'] | undefined =>
  word.startsWith('TEST_') ? 'test' : BY_WORD.get(word);
