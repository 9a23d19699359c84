import type { EventType, NativeEvent } from '#contract';
import { isSet, wordOf, type Fields } from './message.js';

type Meaning = NativeEvent['becomes'];

/** Every word of `action_type`, and the words that we put into the URLs of the affiliate postback. */
export const EVENTS: readonly NativeEvent[] = [
  { native: 'neworder', becomes: 'SALE' },
  { native: 'newsale', becomes: 'SALE', note: 'alias of neworder' },
  { native: 'sale', becomes: 'SALE', note: 'postback: type=sale in our own URL' },
  { native: 'purchase', becomes: 'SALE', note: 'postback: the same' },
  { native: 'rebill', becomes: 'REBILL' },
  { native: 'refund', becomes: 'REFUND', note: 'full or partial' },
  { native: 'void', becomes: 'REFUND', note: 'postback: the commission was taken back' },
  { native: 'chargeback', becomes: 'CHARGEBACK', note: 'nothing says that one was won' },
  { native: 'cancel', becomes: 'CANCELED' },
  { native: 'canceledfromrebill', becomes: 'CANCELED' },
  { native: 'failedrebill', becomes: 'ignored', note: 'a due payment did not come' },
  { native: 'newcustomer', becomes: 'ignored' },
  { native: 'abandon', becomes: 'ignored' },
  { native: 'fulfilled', becomes: 'ignored' },
  { native: 'tracking', becomes: 'ignored' },
  { native: 'connection_test', becomes: 'test', note: 'test button' },
];

const BY_WORD: ReadonlyMap<string, Meaning> = new Map(
  EVENTS.map((row) => [row.native, row.becomes]),
);

/** What one message is about. `native` is the network's word even where the state overrode it. */
export type Kind =
  | { readonly native: string; readonly type: EventType; readonly overridden: boolean }
  | { readonly nothing: true }
  | { readonly unknown: string };

const NOTHING: Kind = { nothing: true };

/** Unknown words are shown only when they look like one: the reason is read by people. */
const shown = (word: string): string => (/^[a-z_-]{1,40}$/.test(word) ? ` ${word}` : '');

/** States of a payment that is money. An empty one is too: postbacks and old feeds have none. */
const PAID: ReadonlySet<string> = new Set(['', 'completed']);

/**
 * A `neworder` or `rebill` can tell of an order that is no longer, or not yet, money. Refunded wins over cancelled,
 * because it moves money; pending is not told at all: the same order comes again once it is paid.
 */
function byState(fields: Fields, native: string, type: EventType): Kind {
  const status = wordOf(fields, 'payment_status');
  if (status === 'refunded') return { native, type: 'REFUND', overridden: true };
  if (status === 'pending') return NOTHING;
  if (isSet(fields, 'was_canceled')) return { native, type: 'CANCELED', overridden: true };
  if (!PAID.has(status))
    return { unknown: `${native} with unknown payment_status${shown(status)}` };
  return { native, type, overridden: false };
}

/** The kind by the event word, corrected by `payment_status` and `was_canceled`. */
export function kindOf(fields: Fields, word: string): Kind {
  const means = BY_WORD.get(word);
  if (means === undefined) return { unknown: `unknown event${shown(word)}` };
  if (means === 'ignored' || means === 'test' || means === 'link') return NOTHING;
  if (means === 'SALE' || means === 'REBILL') return byState(fields, word, means);
  return { native: word, type: means, overridden: false };
}
