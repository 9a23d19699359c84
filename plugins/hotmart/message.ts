import {
  compact,
  fromEpochMs,
  identifier,
  listAt,
  money,
  textAt,
  type AttributionHint,
  type CustomerHint,
  type Json,
  type Money,
  type OrderHint,
} from '#contract';
import type { HotmartSettings } from './settings.js';

/** Hotmart's own codes (`HP02316330308193`, `I9OT62C3`) are short. */
export function codeAt(message: Json, path: string): string | undefined {
  const code = identifier(textAt(message, path));
  return code !== undefined && /^[\w-]{1,64}$/.test(code) ? code : undefined;
}

/** Epoch milliseconds. */
export const timeAt = (message: Json, path: string): string | null =>
  fromEpochMs(textAt(message, path)) ?? null;

const moneyAt = (message: unknown, path: string): Money | undefined =>
  money(
    textAt(message, `${path}.value`),
    textAt(message, `${path}.currency_value`) ?? textAt(message, `${path}.currency_code`),
  );

/** What the buyer paid. */
export const revenueOf = (message: Json, { amountField }: HotmartSettings): Money | undefined =>
  moneyAt(message, `data.purchase.${amountField}`);

/** The share of one receiver; undefined when none is named or one is unreadable or in another currency. */
export function payoutOf(message: Json, { payoutSource }: HotmartSettings): Money | undefined {
  const shares = listAt(message, 'data.commissions')
    .filter((one) => textAt(one, 'source')?.toUpperCase() === payoutSource)
    .map((one) =>
      money(textAt(one, 'value'), textAt(one, 'currency_value') ?? textAt(one, 'currency_code')),
    );
  const [first] = shares;
  if (!first || shares.some((share) => share?.currency !== first.currency)) return undefined;
  const amount = shares.reduce((sum, share) => sum + (share?.amount ?? 0), 0);
  return { amount, currency: first.currency };
}

/** 1 for the first payment; undefined when the message does not say. */
export function recurrenceOf(message: Json): number | undefined {
  const told = textAt(message, 'data.purchase.recurrence_number');
  return told !== undefined && /^[1-9]\d{0,4}$/.test(told) ? Number(told) : undefined;
}

export const subscriptionName = (code: string): string => `subscription:${code}`;

/** A subscription is one order, named by its subscriber; another purchase is its own. An order bump names the main one. */
export function orderOf(message: Json, transaction: string): OrderHint {
  const subscriber = codeAt(message, 'data.subscription.subscriber.code');
  const parent = codeAt(message, 'data.purchase.order_bump.parent_purchase_transaction');
  const sequence = recurrenceOf(message);
  return {
    ...(subscriber === undefined
      ? { id: transaction }
      : { id: subscriptionName(subscriber), aliases: [transaction] }),
    ...(parent === undefined || parent === transaction ? {} : { parentId: parent }),
    ...(sequence === undefined ? {} : { sequence }),
  };
}

/** `src`, `sck` and `xcod` of the sales link; the tracking block of other messages holds them under longer names. */
function tracking(message: Json): Readonly<Record<string, string | undefined>> {
  const at = (...paths: readonly string[]): string | undefined =>
    paths.map((path) => identifier(textAt(message, `data.purchase.${path}`))).find(Boolean);
  return {
    src: at('origin.src', 'tracking.source'),
    sck: at('origin.sck', 'tracking.source_sck', 'sckPaymentLink'),
    xcod: at('origin.xcod', 'tracking.external_code'),
  };
}

export function attributionOf(
  message: Json,
  { clickIdFrom }: HotmartSettings,
): AttributionHint | undefined {
  const told = tracking(message);
  const subIds = [told['src'], told['sck'], told['xcod']];
  const last = subIds.findLastIndex((id) => id !== undefined);
  const hint = compact({
    clickId: clickIdFrom.map((name) => told[name]).find((id) => id !== undefined),
    affiliateId: identifier(textAt(message, 'data.affiliates[0].affiliate_code')),
    coupon: identifier(textAt(message, 'data.purchase.offer.coupon_code')),
    offerId: identifier(textAt(message, 'data.product.id')),
    subIds: last < 0 ? undefined : subIds.slice(0, last + 1).map((id) => id ?? ''),
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
}

const emailOf = (message: Json): string | undefined =>
  textAt(message, 'data.buyer.email') ??
  textAt(message, 'data.subscriber.email') ??
  textAt(message, 'data.subscription.subscriber.email');

export function customerOf(message: Json): CustomerHint | undefined {
  const email = emailOf(message);
  return email === undefined ? undefined : { email };
}

/** Hotmart's own test messages are about a buyer at example.com, which no real buyer can be. */
export const isTest = (message: Json): boolean =>
  emailOf(message)?.toLowerCase().endsWith('@example.com') ?? false;
