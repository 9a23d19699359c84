import {
  compact,
  fromEpochSeconds,
  identifier,
  minorUnits,
  notUnderstood,
  shopAttribution,
  text,
  type AttributionHint,
  type CustomerHint,
  type EventDraft,
  type EventType,
  type Money,
  type NormalizeContext,
  type Normalized,
} from '#contract';
import { meaningOf } from './events.js';
import type { Fields } from './message.js';
import type { ThriveCartSettings } from './settings.js';

/** The first of the names that is filled. */
const first = (fields: Fields, ...names: readonly string[]): string | undefined =>
  names.map((name) => text(fields[name])).find((value) => value !== undefined);

const idOf = (value: string | undefined): string | undefined => {
  const id = identifier(value);
  return id !== undefined && /^[\w.-]{1,64}$/.test(id) ? id : undefined;
};

const PASSED = /^(?:\w+\[)?passthrough\]?\[([^\]]{1,64})\]$/;

/** What came through the address of the checkout (`passthrough[click_id]=…`). */
const passedThrough = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const key = PASSED.exec(name)?.[1];
      return key === undefined ? [] : [[key, value] as const];
    }),
  );

/** Integer hundredths; currencies without decimals are whole units. */
function moneyOf(fields: Fields, type: EventType): Money | undefined {
  const currency = first(fields, 'currency', 'order[currency]');
  const names =
    type === 'REFUND'
      ? ['refund[amount]', 'order[total]']
      : type === 'REBILL'
        ? ['order[total]', 'subscription[amount]']
        : ['order[total]'];
  return minorUnits(first(fields, ...names), currency);
}

/** A sale has the time of its order; of the other messages only a time of their own counts. */
function timeOf(fields: Fields, type: EventType): string | null {
  const own = first(fields, 'date_unix');
  const ordered = first(fields, 'order_timestamp', 'order[date_unix]');
  return fromEpochSeconds(type === 'SALE' ? (ordered ?? own) : own) ?? null;
}

/** Invoices of renewals are numbered `000000004-2`; without one the number of the payment tells them apart. */
const invoiceOf = (fields: Fields): string | undefined =>
  idOf(fields['invoice_id']) ?? idOf(fields['recurring_payment_idx']);

const saleKey = (order: string): string => `${order}:sale`;
const rebillKey = (order: string, invoice: string): string => `${order}:rebill:${invoice}`;

/** Renewals and their refunds bear the invoice of the sale with a number behind it. */
const isRenewal = (invoice: string | undefined): boolean => /-\d{1,4}$/.test(invoice ?? '');

/** An order can be refunded item by item and in parts: all that tells two refunds apart is part of the name. */
function refundKey(fields: Fields, order: string, amount: Money | undefined): string {
  const parts = [
    idOf(fields['invoice_id']),
    idOf(fields['refund[type]']),
    idOf(fields['refund[id]']),
    String(amount?.amount ?? ''),
  ];
  return `${order}:refund:${parts.map((part) => part ?? '').join(':')}`;
}

function keyOf(fields: Fields, type: EventType, order: string, amount?: Money): string | undefined {
  if (type === 'SALE') return saleKey(order);
  if (type === 'REFUND') return refundKey(fields, order, amount);
  if (type === 'CANCELED') return `${order}:cancelled:${idOf(fields['subscription_id']) ?? ''}`;
  const invoice = invoiceOf(fields);
  return invoice === undefined ? undefined : rebillKey(order, invoice);
}

function reversed(fields: Fields, order: string): string {
  const invoice = idOf(fields['invoice_id']);
  return invoice !== undefined && isRenewal(invoice) ? rebillKey(order, invoice) : saleKey(order);
}

function peopleOf(
  fields: Fields,
  settings: ThriveCartSettings,
): { attribution?: AttributionHint; customer?: CustomerHint } {
  const coupon = first(fields, 'coupon_code', 'order[coupon_code]', 'order[coupon]');
  const named = shopAttribution(passedThrough(fields), settings, coupon);
  const attribution = compact({
    ...named,
    affiliateId:
      identifier(first(fields, 'affiliate', 'affiliate[id]', 'affiliate[affiliate_id]')) ??
      named?.affiliateId,
    offerId: named?.offerId ?? identifier(fields['base_product']),
  });
  const customer = compact({
    id: text(fields['customer_id']),
    email: text(fields['customer[email]']),
  });
  return {
    ...(Object.keys(attribution).length > 0 ? { attribution } : {}),
    ...(Object.keys(customer).length > 0 ? { customer } : {}),
  };
}

const isTest = (fields: Fields): boolean =>
  text(fields['mode'])?.toLowerCase() === 'test' || text(fields['mode_int']) === '1';

const sequenceOf = (fields: Fields): number | undefined => {
  const index = text(fields['recurring_payment_idx']);
  return index !== undefined && /^\d{1,5}$/.test(index) ? Number(index) : undefined;
};

function draftOf(
  fields: Fields,
  settings: ThriveCartSettings,
  word: string,
  type: EventType,
  ids: { readonly key: string; readonly order: string; readonly amount: Money | undefined },
): EventDraft {
  const { key, order, amount } = ids;
  const sequence = type === 'REBILL' ? sequenceOf(fields) : undefined;
  return {
    key,
    type,
    nativeType: word,
    test: isTest(fields),
    occurredAt: timeOf(fields, type),
    order: { id: order, ...(sequence === undefined ? {} : { sequence }) },
    ...peopleOf(fields, settings),
    ...compact({
      revenue: type === 'CANCELED' ? undefined : amount,
      reversesKey: type === 'REFUND' ? reversed(fields, order) : undefined,
    }),
  };
}

const shown = (word: string): string => (/^[a-z_.]{1,60}$/.test(word) ? `: ${word}` : '');

/** The canonical meaning of a verified message; one event at most. */
export function normalize(
  fields: Fields,
  { settings }: NormalizeContext<ThriveCartSettings>,
): Normalized {
  const word = text(fields['event'])?.toLowerCase() ?? '';
  const meaning = meaningOf(word);
  if (meaning === undefined) return notUnderstood(`unknown event${shown(word)}`);
  if (meaning === 'ignored' || meaning === 'test' || meaning === 'link') return [];
  const order = idOf(first(fields, 'order_id', 'order[id]'));
  if (order === undefined) return notUnderstood(`${word} without a readable order_id`);
  const amount = moneyOf(fields, meaning);
  if (meaning !== 'CANCELED' && !amount) return notUnderstood(`${word} without a readable amount`);
  const key = keyOf(fields, meaning, order, amount);
  return key === undefined
    ? notUnderstood(`${word} without a readable invoice_id`)
    : [draftOf(fields, settings, word, meaning, { key, order, amount })];
}
