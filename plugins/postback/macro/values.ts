import { createHash } from 'node:crypto';
import {
  decimal,
  identifier,
  isReversal,
  text,
  type CanonicalEvent,
  type EventType,
  type Money,
} from '#contract';
import type { Value } from './modifiers.js';
import type { MacroName } from './names.js';

/** The settings that change what a macro says. */
export interface Speech {
  readonly eventNames?: Readonly<Record<string, string>>;
  readonly statuses?: Readonly<Record<string, string>>;
  readonly amountSign?: 'positive' | 'negative';
  /** The template sends the payout, so `{currency}` is the payout's. */
  readonly sendsPayout: boolean;
}

const STATUS: Readonly<Record<EventType, string | undefined>> = {
  CLICK: undefined,
  LEAD: 'pending',
  QUALIFIED_LEAD: 'pending',
  APPROVED_LEAD: 'approved',
  REJECTED_LEAD: 'rejected',
  SALE: 'approved',
  REBILL: 'approved',
  REFUND: 'rejected',
  CHARGEBACK: 'rejected',
  CHARGEBACK_REVERSED: 'approved',
  CANCELED: 'rejected',
  ADJUSTMENT: 'approved',
};

/** Types whose money goes back. */
const TAKES_BACK: ReadonlySet<EventType> = new Set<EventType>([
  'REFUND',
  'CHARGEBACK',
  'CANCELED',
  'REJECTED_LEAD',
]);

const say = (value: string | undefined): Value | undefined =>
  value === undefined || value === '' ? undefined : { text: value, kind: 'text' };

const id = (value: unknown): Value | undefined => say(identifier(value));
const count = (value: number): Value => ({ text: String(value), kind: 'number' });
const flag = (value: boolean): Value => count(value ? 1 : 0);

function moneyOf(
  money: Money | null,
  event: CanonicalEvent,
  { amountSign }: Speech,
): Value | undefined {
  if (money === null) return undefined;
  const negative = amountSign === 'negative' && TAKES_BACK.has(event.type) && money.amount > 0;
  const signed = negative ? { ...money, amount: -money.amount } : money;
  return { text: decimal(signed), kind: 'number', currency: money.currency };
}

const digest = (event: CanonicalEvent): Buffer => createHash('sha256').update(event.id).digest();

/**
 * One name per conversion, the same on every attempt: `ORD1:SALE`, `ORD1:2:SALE` for line 2, `ORD1:REBILL:3`. An order
 * may be refunded in parts, so types that speak about an earlier event end with a piece of the event id's hash.
 */
function transactionKey(event: CanonicalEvent): string | undefined {
  const order = identifier(event.order?.id);
  if (!event.order || order === undefined) return undefined;
  const { line, sequence } = event.order;
  const key = [order, ...(line === null ? [] : [line]), event.type];
  const own = digest(event).toString('hex').slice(0, 8);
  if (isReversal(event.type)) key.push(own);
  else if (event.type === 'REBILL') key.push(sequence === null ? own : String(sequence));
  return key.join(':');
}

const utm = (event: CanonicalEvent, name: string): Value | undefined => {
  const { utm: found } = event.attribution;
  return Object.hasOwn(found, name) ? id(found[name]) : undefined;
};

type Reader = (event: CanonicalEvent, speech: Speech) => Value | undefined;

const never: Reader = () => undefined;

const currencyFor: Reader = ({ payout, revenue }, { sendsPayout }) =>
  say((sendsPayout ? (payout ?? revenue) : (revenue ?? payout))?.currency);

const worded = (words: Readonly<Record<string, string>> | undefined, type: EventType) =>
  words && Object.hasOwn(words, type) ? words[type] : undefined;

const READERS: Readonly<Record<string, Reader>> = {
  click_id: ({ attribution }) => id(attribution.clickId),
  affiliate_click_id: ({ attribution }) => id(attribution.affiliateClickId),
  event_type: ({ type }, { eventNames }) => say(worded(eventNames, type) ?? type),
  event_id: (event) => say(event.id),
  status: ({ type }, { statuses }) => say(worded(statuses, type) ?? STATUS[type]),
  reversal: ({ type }) => flag(TAKES_BACK.has(type)),
  payout: (event, speech) => moneyOf(event.payout, event, speech),
  amount: (event, speech) => moneyOf(event.revenue, event, speech),
  currency: currencyFor,
  payout_currency: ({ payout }) => say(payout?.currency),
  amount_currency: ({ revenue }) => say(revenue?.currency),
  order_id: ({ order }) => id(order?.id),
  parent_order_id: ({ order }) => id(order?.parentId),
  transaction_key: (event) => say(transactionKey(event)),
  offer_id: ({ attribution }) => id(attribution.offerId),
  affiliate_id: ({ attribution }) => id(attribution.affiliateId),
  campaign_id: ({ attribution }) => id(attribution.campaignId),
  source: (event) => utm(event, 'source'),
  placement: ({ attribution }) => id(attribution.placement),
  creative_id: (event) => utm(event, 'content'),
  coupon: ({ attribution }) => id(attribution.coupon),
  utm_source: (event) => utm(event, 'source'),
  utm_medium: (event) => utm(event, 'medium'),
  utm_campaign: (event) => utm(event, 'campaign'),
  utm_term: (event) => utm(event, 'term'),
  utm_content: (event) => utm(event, 'content'),
  timestamp: ({ occurredAt }) => count(Math.floor(Date.parse(occurredAt) / 1000)),
  timestamp_ms: ({ occurredAt }) => count(Date.parse(occurredAt)),
  timestamp_iso: ({ occurredAt }) => say(occurredAt),
  date: ({ occurredAt }) => say(occurredAt.slice(0, 10)),
  time: ({ occurredAt }) => say(occurredAt.slice(11, 19)),
  test: ({ test }) => flag(test),
  random: (event) => say(String(digest(event).readUIntBE(0, 6)).padStart(15, '0')),
  network: ({ source }) => say(source.plugin),
  account: ({ source }) => say(source.account),
  native_type: ({ source }) => say(text(source.nativeType)),
  country: never,
  ip: never,
  user_agent: never,
};

/** What a macro says about an event; undefined when the event does not know. Never a secret. */
export function valueOf(name: MacroName, event: CanonicalEvent, speech: Speech): Value | undefined {
  const sub = /^sub(\d{1,2})$/.exec(name)?.[1];
  if (sub !== undefined) return id(event.attribution.subIds[Number(sub) - 1]);
  return Object.hasOwn(READERS, name) ? READERS[name]?.(event, speech) : undefined;
}
