import type { EventType, NativeEvent } from '#contract';

/** What a transaction type becomes. */
export interface Meaning {
  readonly type: EventType;
  readonly test: boolean;
  /** Whether the message is about money at all. */
  readonly money: boolean;
}

const live = (type: EventType, money = true): Meaning => ({ type, test: false, money });
const test = (type: EventType, money = true): Meaning => ({ type, test: true, money });

/** `INSF` is an electronic cheque that came back: the money is gone, so it is no declined card. */
const MEANINGS: Readonly<Record<string, Meaning | 'ignored'>> = {
  SALE: live('SALE'),
  BILL: live('REBILL'),
  RFND: live('REFUND'),
  CGBK: live('CHARGEBACK'),
  INSF: live('CHARGEBACK'),
  'CANCEL-REBILL': live('CANCELED', false),
  TEST: test('SALE'),
  TEST_SALE: test('SALE'),
  TEST_BILL: test('REBILL'),
  TEST_RFND: test('REFUND'),
  TEST_CGBK: test('CHARGEBACK'),
  TEST_INSF: test('CHARGEBACK'),
  'CANCEL-TEST-REBILL': test('CANCELED', false),
  'UNCANCEL-REBILL': 'ignored',
  'UNCANCEL-TEST-REBILL': 'ignored',
  'SUBSCRIPTION-CHG': 'ignored',
  ABANDONED_ORDER: 'ignored',
  CUSTOMER_AUTH_FAILURE: 'ignored',
  CUSTOMER_EMAIL_UPDATE: 'ignored',
  CUSTOMER_UPDATE_CC_NOTIFICATION: 'ignored',
  PURCHASE_DETAILS_EMAIL_RESPONSE: 'ignored',
};

const NOTES: Readonly<Record<string, string>> = {
  SALE: 'first purchase, first payment of a subscription, every upsell',
  BILL: 'rebill, receipt ends in -B002 and up',
  RFND: 'full or partial, by amount',
  INSF: 'electronic cheque came back',
  TEST: 'the button “test URL”; a SALE marked test',
  'UNCANCEL-REBILL': 'subscription started again, no money',
  'SUBSCRIPTION-CHG': 'plan or price changed, no money',
  ABANDONED_ORDER: 'checkout left, no sale',
};

export const meaningOf = (type: string): Meaning | 'ignored' | undefined =>
  Object.hasOwn(MEANINGS, type) ? MEANINGS[type] : undefined;

/** The table of the README. */
export const EVENT_TABLE: readonly NativeEvent[] = Object.entries(MEANINGS).map(
  ([native, meaning]) => ({
    native,
    becomes: meaning === 'ignored' ? 'ignored' : meaning.test ? 'test' : meaning.type,
    ...(NOTES[native] === undefined ? {} : { note: NOTES[native] }),
  }),
);
