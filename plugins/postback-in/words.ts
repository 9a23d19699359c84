import { EVENT_TYPES, type EventType, type NativeEvent } from '#contract';
import type { PostbackInSettings } from './settings.js';

/** Words of the trade for each type. */
const WORDS: Readonly<Partial<Record<EventType, string>>> = {
  CLICK: 'click',
  LEAD: 'lead registration register reg signup sign_up install trial first_open complete_registration af_complete_registration',
  QUALIFIED_LEAD: 'qualified_lead qualified mql',
  APPROVED_LEAD: 'approved_lead lead_approved',
  REJECTED_LEAD: 'rejected_lead lead_rejected',
  SALE: 'sale purchase conversion order deposit ftd first_deposit subscribe upsell af_purchase',
  REBILL: 'rebill renewal recurring redeposit',
  REFUND: 'refund refunded void reversed',
  CHARGEBACK: 'chargeback chback',
  CHARGEBACK_REVERSED: 'chargeback_reversed',
  CANCELED: 'canceled cancelled cancel cancellation unsubscribe',
};

/** The event table: what each word becomes where the settings say nothing else. */
export const EVENTS: readonly NativeEvent[] = [
  ...EVENT_TYPES.flatMap((type) =>
    (WORDS[type] ?? '')
      .split(' ')
      .filter((word) => word !== '')
      .map((native) => ({ native, becomes: type })),
  ),
  { native: '*', becomes: 'ignored', note: 'by the setting words only; else parked' },
];

/** Sale or lead first, its status second: what a status makes of them. */
const TAKEN_BACK = 'rejected declined trash invalid refunded reversed cancelled canceled'.split(
  ' ',
);
const APPROVED = 'approved confirmed accepted paid'.split(' ');

const spelt = (word: string): string =>
  word
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

const LEADS: readonly string[] = ['LEAD', 'QUALIFIED_LEAD'];

/** A type as the status of the postback turns it. */
export function turned(type: EventType, status: string | undefined, reversal: boolean): EventType {
  const word = spelt(status ?? '');
  if (word === 'chargeback' && type === 'SALE') return 'CHARGEBACK';
  if (reversal || TAKEN_BACK.includes(word)) {
    if (LEADS.includes(type)) return 'REJECTED_LEAD';
    return type === 'SALE' || type === 'REBILL' ? 'REFUND' : type;
  }
  return APPROVED.includes(word) && LEADS.includes(type) ? 'APPROVED_LEAD' : type;
}

/** What a word means: an event type, `ignore`, or undefined for one that nobody explained. */
export function meaningOf(
  word: string | undefined,
  { words = {}, defaultType = 'SALE' }: PostbackInSettings,
): EventType | 'ignore' | undefined {
  if (word === undefined) return defaultType;
  const own = Object.entries(words).find(([name]) => spelt(name) === spelt(word))?.[1];
  if (own === 'ignore') return own;
  const upper = own ?? spelt(word).toUpperCase();
  const known = EVENTS.find(({ native }) => native === spelt(word))?.becomes;
  return EVENT_TYPES.find(
    (type) => type !== 'ADJUSTMENT' && (type === upper || (own === undefined && type === known)),
  );
}
