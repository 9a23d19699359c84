/** The words of an imagined network that a new source begins with. */
export const SOURCE_EVENTS = [
  { native: 'sale', becomes: 'SALE', means: 'A first payment' },
  { native: 'rebill', becomes: 'REBILL', means: 'A further payment of a subscription' },
  { native: 'refund', becomes: 'REFUND', means: 'Money given back by the seller' },
  { native: 'chargeback', becomes: 'CHARGEBACK', means: "Money taken back by the buyer's bank" },
  { native: 'cancel', becomes: 'CANCELED', means: 'A subscription ends; no money moves' },
  {
    native: 'test',
    becomes: 'test',
    means: 'The test button of the network: a SALE with `test: true`',
  },
  { native: 'updated', becomes: 'ignored', means: 'Understood, nothing to record' },
] as const;
