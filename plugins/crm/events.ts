import { EVENT_TYPES, type NativeEvent } from '#contract';

/** The sender's words are the user's: the mapping says what each becomes, so the table lists the outcomes. */
export const EVENTS: readonly NativeEvent[] = [
  ...EVENT_TYPES.filter((type) => type !== 'ADJUSTMENT').map((type) => ({
    native: type,
    becomes: type,
    note: 'eventType const, or any word that the mapping table leads to it',
  })),
  {
    native: '*',
    becomes: 'ignored',
    note: 'a word mapped to ignore, or not in the table with else "ignore"; otherwise it is parked',
  },
];
