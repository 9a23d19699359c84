import { createHash } from 'node:crypto';
import {
  compact,
  fromEpochMs,
  fromEpochSeconds,
  fromIso,
  identifier,
  isPlaceholder,
  money,
  notUnderstood,
  type AttributionHint,
  type EventDraft,
  type EventType,
  type Money,
  type NormalizeContext,
  type Normalized,
  type NotUnderstood,
} from '#contract';
import { canonical, type Texts } from './parameters.js';
import type { PostbackInSettings } from './settings.js';
import { meaningOf, turned } from './words.js';

/** A fact cannot be told apart, or not be valued, without these. */
const NEEDED = ['event_type', 'order_id', 'event_id', 'payout', 'amount', 'currency', 'status'];

function unreplaced(told: Texts): NotUnderstood | undefined {
  const name = NEEDED.find((one) => isPlaceholder(told[one] ?? ''));
  return name === undefined
    ? undefined
    : notUnderstood(
        `${name} holds ${(told[name] ?? '').slice(0, 40)}, a macro that nobody replaced`,
      );
}

const isYes = (value: string | undefined): boolean => /^(?:1|true|yes)$/i.test(value ?? '');

/** A decimal comma is what some senders write. */
const digits = (value: string): string => value.replace(/^([+-]?\d+),(\d{1,2})$/, '$1.$2');

function amountOf(
  value: string | undefined,
  currency: string | undefined,
): Money | null | undefined {
  return value === undefined ? undefined : (money(digits(value), currency) ?? null);
}

function timeOf(value: string | undefined): string | null {
  if (value === undefined) return null;
  if (/^\d{12,14}$/.test(value)) return fromEpochMs(value) ?? null;
  return (/^\d{9,11}$/.test(value) ? fromEpochSeconds(value) : fromIso(value)) ?? null;
}

/** An empty slot keeps its place, so that sub 3 stays sub 3. */
function subIdsOf(told: Texts): readonly string[] | undefined {
  const found = [1, 2, 3, 4, 5].map((place) => identifier(told[`sub${place}`]));
  const last = found.findLastIndex((id) => id !== undefined);
  return last < 0 ? undefined : found.slice(0, last + 1).map((id) => id ?? '');
}

function attributionOf(told: Texts): AttributionHint | undefined {
  const source = identifier(told['source']);
  const hint = compact({
    clickId: told['click_id']?.slice(0, 256),
    affiliateId: identifier(told['affiliate_id']),
    coupon: identifier(told['coupon']),
    campaignId: identifier(told['campaign_id']),
    offerId: identifier(told['offer_id']),
    placement: identifier(told['placement']),
    utm: source === undefined ? undefined : { source },
    subIds: subIdsOf(told),
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
}

/** A click id that may be an address of somebody is no part of a name that is kept as it is. */
const nameOf = (clickId: string): string =>
  /^[\w-]+$/.test(clickId) ? clickId : createHash('sha256').update(clickId).digest('hex');

/** One fact, one key: the sender's own id, else its transaction, else the click. Undefined: nothing tells it apart. */
function keyOf(type: EventType, told: Texts): string | undefined {
  const clickId = identifier(told['click_id']);
  const names = [
    ['id', identifier(told['event_id'])],
    ['order', identifier(told['order_id'])],
    ['click', clickId === undefined ? undefined : nameOf(clickId)],
  ] as const;
  const name = names.find(([, value]) => value !== undefined);
  return name && `${type}:${name[0]}:${name[1]}`;
}

function flagsOf(told: Texts): readonly string[] | undefined {
  const others = Object.entries(told).filter(([name]) => name !== 'click_id');
  return others.some(([, value]) => isPlaceholder(value)) ? ['unreplaced-macro'] : undefined;
}

function typeOf(told: Texts, settings: PostbackInSettings): EventType | 'ignore' | undefined {
  const meaning = meaningOf(told['event_type'], settings);
  if (meaning === undefined || meaning === 'ignore') return meaning;
  const negative = [told['payout'], told['amount']].some((value) => value?.startsWith('-'));
  return turned(meaning, told['status'], isYes(told['reversal']) || negative);
}

const shown = (word: string | undefined): string =>
  word !== undefined && /^[\w -]{1,40}$/.test(word) ? `: ${word}` : '';

/** One postback, one event. */
export function normalize(
  given: Texts,
  { settings }: NormalizeContext<PostbackInSettings>,
): Normalized {
  const told = canonical(given, settings.parameters);
  const broken = unreplaced(told);
  if (broken) return broken;
  const type = typeOf(told, settings);
  if (type === 'ignore') return [];
  if (type === undefined) return notUnderstood(`unknown event type${shown(told['event_type'])}`);
  const key = keyOf(type, told);
  if (key === undefined)
    return notUnderstood('neither click id nor transaction id: nothing tells it apart');
  const currency = told['currency'] ?? settings.currency;
  const payout = amountOf(told['payout'], currency);
  const revenue = amountOf(told['amount'], currency);
  if (payout === null || revenue === null)
    return notUnderstood('an amount that cannot be read, or has no currency');
  const order = identifier(told['order_id']);
  const draft: EventDraft = {
    key,
    type,
    nativeType: nativeOf(told, type),
    test: isYes(told['test']),
    occurredAt: timeOf(told['timestamp']),
    ...compact({
      order: order === undefined ? undefined : { id: order },
      attribution: attributionOf(told),
      revenue,
      payout,
      flags: flagsOf(told),
    }),
  };
  return [draft];
}

/** The sender's word; a postback without one goes by its type. */
const nativeOf = (told: Texts, type: EventType): string =>
  (told['event_type'] ?? type)
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
    .slice(0, 64);
