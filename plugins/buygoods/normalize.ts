import {
  compact,
  fromWallClock,
  notUnderstood,
  type EventDraft,
  type EventType,
  type NormalizeContext,
  type Normalized,
} from '#contract';
import { postbackAmounts, refundAmounts, saleAmounts, type ReadAmounts } from './amounts.js';
import { readAttribution, readCustomer, readOrder } from './attribution.js';
import { kindOf, type Kind } from './events.js';
import { isSet, wordOf, type BuyGoodsMessage, type Fields } from './message.js';
import { zoneOf, type BuyGoodsSettings } from './settings.js';

type Told = Extract<Kind, { readonly native: string }>;

const isRefund = (type: EventType): boolean => type === 'REFUND' || type === 'CHARGEBACK';

function amountsOf(
  { feed, fields }: BuyGoodsMessage,
  type: EventType,
  settings: BuyGoodsSettings,
): ReadAmounts {
  if (type === 'CANCELED') return { flags: [] };
  if (feed === 'postback') return postbackAmounts(fields, settings);
  return isRefund(type) ? refundAmounts(fields, settings) : saleAmounts(fields, settings);
}

/** The field whose time is that of the event. The row's own date is that of the sale, so a refund has none. */
const TIME_FIELDS: ReadonlyMap<EventType, string> = new Map([
  ['SALE', 'rr_createdate'],
  ['REBILL', 'rr_createdate'],
  ['CANCELED', 'date_canceled'],
]);

function momentOf(
  fields: Fields,
  type: EventType,
  settings: BuyGoodsSettings,
): { at: string | null; flags: string[] } {
  const found = fromWallClock(fields[TIME_FIELDS.get(type) ?? ''], zoneOf(settings));
  return { at: found?.at ?? null, flags: found?.ambiguous === true ? ['ambiguous-hour'] : [] };
}

/** The event's name inside a key: the aliases of one fact share one. */
function keyWord({ native, type, overridden }: Told): string {
  if (type === 'SALE' || type === 'REBILL') return type.toLowerCase();
  if (!overridden) return native;
  return type === 'REFUND' ? 'refund' : 'cancel';
}

const part = (value: string): string => value.replace(/[%:]/g, (c) => (c === ':' ? '%3A' : '%25'));

/**
 * A refund reuses the `order_id` of its sale and can come in parts, so its amount is part of the name. A sale's amount
 * is not: the same order with another amount is a conflict to look at, not a second sale.
 */
function keyOf(kind: Told, item: string, { revenue, payout }: ReadAmounts): string {
  const name = `${keyWord(kind)}:${part(item)}`;
  return isRefund(kind.type) ? `${name}:${(revenue ?? payout)?.amount ?? ''}` : name;
}

function flagsOf(fields: Fields, { native, overridden }: Told): string[] {
  return [
    ...(overridden ? ['kind-overridden'] : []),
    ...(native === 'void' ? ['commission-void'] : []),
    ...(isSet(fields, 'flag_upsell') ? ['upsell'] : []),
  ];
}

function draftOf(
  message: BuyGoodsMessage,
  settings: BuyGoodsSettings,
  kind: Told,
  { order, item }: NonNullable<ReturnType<typeof readOrder>>,
  amounts: ReadAmounts,
): EventDraft {
  const { fields } = message;
  const { type, native } = kind;
  const moment = momentOf(fields, type, settings);
  const flags = [...flagsOf(fields, kind), ...moment.flags, ...amounts.flags];
  return compact({
    key: keyOf(kind, item, amounts),
    type,
    nativeType: native,
    test: isSet(fields, 'is_test') || isSet(fields, 'test'),
    occurredAt: moment.at,
    order,
    attribution: readAttribution(fields, settings),
    revenue: amounts.revenue,
    payout: amounts.payout,
    customer: readCustomer(fields),
    flags: flags.length > 0 ? flags : undefined,
  });
}

/** The canonical meaning of a verified call; one event at most. */
export function normalize(
  message: BuyGoodsMessage,
  { settings }: NormalizeContext<BuyGoodsSettings>,
): Normalized {
  const { feed, fields } = message;
  const name = feed === 'postback' ? 'type' : 'action_type';
  const word = wordOf(fields, name);
  if (word === '') return notUnderstood(`no ${name}`);
  const kind = kindOf(fields, word);
  if ('nothing' in kind) return [];
  if ('unknown' in kind) return notUnderstood(kind.unknown);
  const read = readOrder(fields);
  if (read === undefined) return notUnderstood(`${kind.native} without order_id`);
  const amounts = amountsOf(message, kind.type, settings);
  const needsMoney = feed === 'ipn' && kind.type !== 'CANCELED';
  if (needsMoney && amounts.revenue === undefined) {
    return notUnderstood(`${kind.native} without a readable amount and currency`);
  }
  return [draftOf(message, settings, kind, read, amounts)];
}
