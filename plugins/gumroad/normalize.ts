import {
  compact,
  fromIso,
  identifier,
  minorUnits,
  notUnderstood,
  shopAttribution,
  text,
  type AttributionHint,
  type CustomerHint,
  type EventDraft,
  type EventType,
  type NormalizeContext,
  type Normalized,
  type OrderHint,
} from '#contract';
import { meaningOf } from './events.js';
import type { GumroadSettings } from './settings.js';
import type { Fields } from './verify.js';

/** Gumroad's ids look like short base64 (`FO8TXN-dvaYbBbahG97a-Q==`). */
function idOf(value: string | undefined): string | undefined {
  const id = identifier(value);
  return id !== undefined && /^[\w+/=-]{1,64}$/.test(id) ? id : undefined;
}

/** Everything is text, booleans too. */
const isTrue = (fields: Fields, name: string): boolean =>
  text(fields[name])?.toLowerCase() === 'true';

const PARAMETER = /^url_params\[([^\]]{1,64})\]$/;

const parameters = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const key = PARAMETER.exec(name)?.[1];
      return key === undefined ? [] : [[key, value] as const];
    }),
  );

/** Gumroad names its own affiliates by e-mail address: personal data, and no id. */
function affiliateOf(fields: Fields): string | undefined {
  const told = identifier(fields['affiliate']);
  return told === undefined || told.includes('@') ? undefined : told;
}

function peopleOf(
  fields: Fields,
  settings: GumroadSettings,
): { attribution?: AttributionHint; customer?: CustomerHint } {
  const coupon = text(fields['offer_code']) ?? text(fields['offer_code[code]']);
  const named = shopAttribution(parameters(fields), settings, coupon);
  const attribution = compact({
    ...named,
    affiliateId: named?.affiliateId ?? affiliateOf(fields),
    offerId: named?.offerId ?? identifier(fields['product_id']),
  });
  const customer = compact({
    id: text(fields['purchaser_id']) ?? text(fields['user_id']),
    email: text(fields['email']) ?? text(fields['user_email']),
  });
  return {
    ...(Object.keys(attribution).length > 0 ? { attribution } : {}),
    ...(Object.keys(customer).length > 0 ? { customer } : {}),
  };
}

/** A subscription is one order; a purchase outside of one is its own. */
function orderOf(fields: Fields, sale: string): OrderHint {
  const subscription = idOf(fields['subscription_id']);
  return subscription === undefined ? { id: sale } : { id: subscription, aliases: [sale] };
}

const paymentKey = (sale: string): string => `${sale}:payment`;
const disputeKey = (sale: string): string => `${sale}:dispute`;

const REVERSES: ReadonlyMap<EventType, (sale: string) => string> = new Map([
  ['REFUND', paymentKey],
  ['CHARGEBACK', paymentKey],
  ['CHARGEBACK_REVERSED', disputeKey],
]);

function keyOf(word: string, type: EventType, sale: string): string {
  if (type === 'SALE' || type === 'REBILL') return paymentKey(sale);
  return type === 'CHARGEBACK' ? disputeKey(sale) : `${sale}:${word}`;
}

/** Sale, renewal, and what takes one back. Only a payment has a time of its own; the others repeat the sale's. */
function payment(
  fields: Fields,
  settings: GumroadSettings,
  word: string,
  meaning: EventType,
): Normalized {
  const sale = idOf(fields['sale_id']);
  const revenue = minorUnits(text(fields['price']), 'USD');
  if (sale === undefined || !revenue) {
    return notUnderstood(`${word} without a readable sale_id or price`);
  }
  const type = meaning === 'SALE' && isTrue(fields, 'is_recurring_charge') ? 'REBILL' : meaning;
  const isPayment = type === 'SALE' || type === 'REBILL';
  const draft: EventDraft = {
    key: keyOf(word, type, sale),
    type,
    nativeType: word,
    test: isTrue(fields, 'test'),
    occurredAt: isPayment ? (fromIso(fields['sale_timestamp']) ?? null) : null,
    order: orderOf(fields, sale),
    ...peopleOf(fields, settings),
    revenue,
    ...compact({ reversesKey: REVERSES.get(type)?.(sale) }),
  };
  return [draft];
}

/** `cancellation` and `subscription_ended`; the end that follows a cancellation is the same one told again. */
function ending(fields: Fields, settings: GumroadSettings, word: string): Normalized {
  if (word === 'subscription_ended' && text(fields['ended_reason'])?.startsWith('cancel'))
    return [];
  const subscription = idOf(fields['subscription_id']);
  if (subscription === undefined) {
    return notUnderstood(`${word} without a readable subscription_id`);
  }
  const at = fromIso(fields['cancelled_at']) ?? fromIso(fields['ended_at']) ?? null;
  return [
    {
      key: `${subscription}:${word}:${at ?? ''}`,
      type: 'CANCELED',
      nativeType: word,
      test: isTrue(fields, 'test'),
      occurredAt: at,
      order: { id: subscription },
      ...peopleOf(fields, settings),
    },
  ];
}

const shown = (word: string): string => (/^[a-z_]{1,40}$/.test(word) ? `: ${word}` : '');

/** The canonical meaning of a verified message; one event at most. */
export function normalize(
  fields: Fields,
  { settings }: NormalizeContext<GumroadSettings>,
): Normalized {
  const word = text(fields['resource_name'])?.toLowerCase() ?? 'sale';
  const meaning = meaningOf(word);
  if (meaning === undefined) return notUnderstood(`unknown resource_name${shown(word)}`);
  if (meaning === 'ignored' || meaning === 'test' || meaning === 'link') return [];
  return meaning === 'CANCELED'
    ? ending(fields, settings, word)
    : payment(fields, settings, word, meaning);
}
