import { createHash } from 'node:crypto';
import {
  compact,
  fromIso,
  identifier,
  isPlaceholder,
  money,
  notUnderstood,
  type AttributionHint,
  type Consent,
  type CustomerHint,
  type EventDraft,
  type Money,
  type NormalizeContext,
  type Normalized,
  type OrderHint,
} from '#contract';
import { TYPES, type Told } from './schema.js';
import { usualCurrency, type TrackSettings } from './settings.js';

const filled = <T extends object>(value: T): T | undefined =>
  Object.keys(value).length > 0 ? value : undefined;

const UTM = ['source', 'medium', 'campaign', 'term', 'content'];

function utmOf(told: Told): Readonly<Record<string, string>> | undefined {
  const found = UTM.flatMap((name) => {
    const value = identifier(told[`utm_${name}`]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return filled(Object.fromEntries(found));
}

/** An empty slot keeps its place, so that sub 3 stays sub 3. */
function subIdsOf(told: Told): readonly string[] | undefined {
  const found = Array.from({ length: 10 }, (_unused, n) => identifier(told[`sub${n + 1}`]));
  const last = found.findLastIndex((id) => id !== undefined);
  return last < 0 ? undefined : found.slice(0, last + 1).map((id) => id ?? '');
}

/** The click id is handed on as it came: what it is not, the core says. */
function attributionOf(told: Told): AttributionHint | undefined {
  return filled(
    compact({
      clickId: told['click_id'],
      affiliateId:
        identifier(told['affiliate_id']) ?? identifier(told['ref']) ?? identifier(told['tap_a']),
      coupon: identifier(told['coupon']),
      campaignId: identifier(told['campaign_id']),
      offerId: identifier(told['offer_id']),
      placement: identifier(told['placement']),
      affiliateClickId: identifier(told['aff_click_id']),
      utm: utmOf(told),
      subIds: subIdsOf(told),
    }),
  );
}

function orderOf(told: Told): OrderHint | undefined {
  const id = identifier(told['order_id']);
  if (id === undefined) return undefined;
  return compact({
    id,
    parentId: identifier(told['parent_order_id']),
    line: identifier(told['line']),
  });
}

/** One fact, one key: the teller's own id, else its order and line, else the click. */
function keyOf(told: Told): string {
  const type = told['type'] ?? '';
  const id = identifier(told['id']);
  if (id !== undefined) return `${type}:id:${id}`;
  const order = identifier(told['order_id']);
  const line = identifier(told['line']);
  if (order !== undefined)
    return `${type}:order:${order}${line === undefined ? '' : `:${line}`}`.slice(0, 512);
  const click = told['click_id'] ?? '';
  // A click id that may be an address of somebody is no part of a name that is kept as it is.
  const name = /^[\w-]+$/.test(click) ? click : createHash('sha256').update(click).digest('hex');
  return `${type}:click:${name}`;
}

const CONSENT = ['granted', 'denied', 'unknown'] as const;

function consentOf(told: Told): Partial<Consent> | undefined {
  const state = CONSENT.find((one) => one === told['consent']);
  return filled(compact({ state, region: told['consent_region'], basis: told['consent_basis'] }));
}

/** Undefined where no amount was told; null where it has no currency, or digits that the currency does not have. */
function moneyOf(
  amount: string | undefined,
  currency: string | undefined,
): Money | null | undefined {
  return amount === undefined ? undefined : (money(amount, currency) ?? null);
}

/** What was told, as one event. */
export function normalize(told: Told, { settings }: NormalizeContext<TrackSettings>): Normalized {
  const type = TYPES.find((one) => one === told['type']);
  if (type === undefined) return notUnderstood('unknown type');
  const currency = told['currency'] ?? usualCurrency(settings);
  const revenue = moneyOf(told['amount'], currency);
  const payout = moneyOf(told['payout'], told['payout_currency'] ?? currency);
  if (revenue === null || payout === null)
    return notUnderstood('an amount without a currency, or with more digits than it has');
  const clickOnly = [told['id'], told['order_id']].every((one) => identifier(one) === undefined);
  if (clickOnly && isPlaceholder(told['click_id'] ?? ''))
    return notUnderstood('neither id nor order, and the click id is a macro that nobody replaced');
  const customer: CustomerHint = compact({
    id: identifier(told['customer_id']),
    email: told['email'],
  });
  const draft: EventDraft = {
    key: keyOf(told),
    type,
    nativeType: type,
    test: told['test'] === 'true' || told['test'] === '1',
    occurredAt: fromIso(told['occurred_at']) ?? null,
    ...compact({
      order: orderOf(told),
      attribution: attributionOf(told),
      revenue,
      payout,
      customer: filled(customer),
      consent: consentOf(told),
    }),
  };
  return [draft];
}
