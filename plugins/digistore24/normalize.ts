import {
  compact,
  identifier,
  notUnderstood,
  text,
  type Consent,
  type CustomerHint,
  type EventDraft,
  type EventType,
  type NormalizeContext,
  type Normalized,
  type NotUnderstood,
} from '#contract';
import { readAmounts } from './amounts.js';
import { readAttribution } from './attribution.js';
import { bareWord, rowOf } from './events.js';
import { stopMoment, transactionMoment, type Moment } from './moment.js';
import { networkId, paymentNumber, readOrder, type ReadOrder } from './order.js';
import { zoneOf, type Digistore24Settings } from './settings.js';
import type { IpnFields } from './verify.js';

/** `:` separates the parts of a key, so it may not stand inside one. */
const part = (value: string): string => value.replace(/[%:]/g, (c) => (c === ':' ? '%3A' : '%25'));

const keyOf = (...parts: readonly (string | undefined)[]): string =>
  parts.map((one) => part(one ?? '')).join(':');

const word = (fields: IpnFields, name: string): string => (fields[name] ?? '').trim().toLowerCase();

/** Two marks of a test: the mode of the connection, and the test payment method inside a live one. */
const isTest = (fields: IpnFields): boolean =>
  word(fields, 'api_mode') === 'test' || word(fields, 'pay_method') === 'test';

const ORDER_TYPE_FLAGS: ReadonlyMap<string, string> = new Map([
  ['upgrade', 'upgrade'],
  ['phone_order', 'phone-order'],
  ['vat_change', 'vat-change'],
]);

function kindFlags(fields: IpnFields): readonly string[] {
  const orderType = ORDER_TYPE_FLAGS.get(word(fields, 'order_type'));
  return [
    ...(word(fields, 'billing_type') === 'installment' ? ['installment'] : []),
    ...(orderType === undefined ? [] : [orderType]),
  ];
}

function customerOf(fields: IpnFields): CustomerHint | undefined {
  const id = identifier(fields['buyer_id']);
  const email = text(fields['buyer_email']) ?? text(fields['email']);
  return id === undefined && email === undefined ? undefined : compact({ id, email });
}

/** The message says whether the buyer's country is under the GDPR; it does not say what he agreed to. */
const consentOf = (fields: IpnFields): Partial<Consent> | undefined =>
  /^(?:1|y|yes|t|true)$/.test(word(fields, 'is_gdpr_country')) ? { region: 'EU' } : undefined;

interface Facts {
  readonly key: string;
  readonly type: EventType;
  readonly nativeType: string;
  readonly moment: Moment;
  readonly flags: readonly string[];
  readonly more: Partial<EventDraft>;
}

function draftOf(
  fields: IpnFields,
  settings: Digistore24Settings,
  { order, flags: orderFlags }: ReadOrder,
  facts: Facts,
): EventDraft {
  const { attribution, flags: attributionFlags } = readAttribution(fields, settings);
  const flags = [...facts.flags, ...facts.moment.flags, ...orderFlags, ...attributionFlags];
  return compact({
    key: facts.key,
    type: facts.type,
    nativeType: facts.nativeType,
    test: isTest(fields),
    occurredAt: facts.moment.occurredAt,
    order,
    attribution,
    customer: customerOf(fields),
    consent: consentOf(fields),
    flags: flags.length > 0 ? flags : undefined,
    ...facts.more,
  });
}

/** One message per transaction and per order item: both stand in the key, beside the kind. */
const transactionKey = (kind: string, transaction: string, item: string | undefined): string =>
  keyOf(kind, transaction, item);

/** The payment that a refund or chargeback takes back, when the message names it. */
function reversed(fields: IpnFields, line: string | undefined): { reversesKey?: string } {
  const parent = networkId(fields['parent_transaction_id']);
  return parent === undefined ? {} : { reversesKey: transactionKey('payment', parent, line) };
}

function keyOfMoney(fields: IpnFields, kind: string, read: ReadOrder): string | undefined {
  const transaction = networkId(fields['transaction_id']);
  const { id, line, aliases } = read.order;
  if (transaction !== undefined) return transactionKey(kind, transaction, line);
  const date = networkId(fields['transaction_date']) ?? networkId(fields['order_date_time']);
  return date === undefined ? undefined : keyOf(kind, 'order', aliases?.[0] ?? id, line, date);
}

function moneyDraft(
  fields: IpnFields,
  settings: Digistore24Settings,
  read: ReadOrder,
  nativeType: string,
  type: EventType,
): EventDraft | NotUnderstood {
  const key = keyOfMoney(fields, bareWord(nativeType), read);
  if (key === undefined) return notUnderstood(`${nativeType} without transaction_id and date`);
  const { revenue, payout, flags } = readAmounts(fields, settings);
  if (revenue === undefined)
    return notUnderstood(`${nativeType} without a readable amount and currency`);
  const isReversal = type === 'REFUND' || type === 'CHARGEBACK';
  return draftOf(fields, settings, read, {
    key,
    type,
    nativeType,
    moment: transactionMoment(fields, zoneOf(settings), type === 'SALE'),
    flags: [...kindFlags(fields), ...flags],
    more: compact({ revenue, payout, ...(isReversal ? reversed(fields, read.order.line) : {}) }),
  });
}

/** Subscriptions can be stopped, resumed and stopped again: the noted time or the last payment tells the stops apart. */
function cancelDraft(
  fields: IpnFields,
  settings: Digistore24Settings,
  read: ReadOrder,
  nativeType: string,
): EventDraft {
  const { id, line, aliases } = read.order;
  const which = networkId(fields['rebill_stop_noted_at']) ?? networkId(fields['transaction_id']);
  return draftOf(fields, settings, read, {
    key: keyOf(bareWord(nativeType), aliases?.[0] ?? id, line, which),
    type: 'CANCELED',
    nativeType,
    moment: stopMoment(fields, zoneOf(settings)),
    flags: kindFlags(fields),
    more: {},
  });
}

/** Unknown words are shown only when they look like one: the reason is read by people. */
const shown = (event: string): string => (/^[a-z_]{1,40}$/i.test(event) ? `: ${event}` : '');

/** The canonical meaning of a verified message; one event at most. */
export function normalize(
  fields: IpnFields,
  { settings }: NormalizeContext<Digistore24Settings>,
): Normalized {
  const event = text(fields['event']) ?? text(fields['transaction_type']);
  if (event === undefined) return notUnderstood('no event field');
  const row = rowOf(event);
  if (row === undefined) return notUnderstood(`unknown event${shown(event)}`);
  const { native, means } = row;
  if (means === 'ignored' || means === 'test') return [];
  const read = readOrder(fields, settings);
  if (read === undefined) return notUnderstood(`${native} without order_id`);
  if (means === 'CANCELED') return [cancelDraft(fields, settings, read, native)];
  const type = means === 'payment' ? ((paymentNumber(fields) ?? 1) > 1 ? 'REBILL' : 'SALE') : means;
  const draft = moneyDraft(fields, settings, read, native, type);
  return 'notUnderstood' in draft ? draft : [draft];
}
