import {
  compact,
  identifier,
  money,
  notUnderstood,
  text,
  type AttributionHint,
  type EventDraft,
  type EventType,
  type NormalizeContext,
  type Normalized,
  type OrderHint,
} from '#contract';
import { meaningOf } from './events.js';
import { CLICK_FIELDS, type WarriorPlusSettings } from './settings.js';
import type { Fields } from './verify.js';

/** Ids of the network and of the payment processor. */
const idOf = (value: string | undefined): string | undefined => {
  const id = identifier(value);
  return id !== undefined && /^[\w.-]{1,100}$/.test(id) ? id : undefined;
};

/** `WP_SALE` is `WP_SALEID` with `sale_` before it. */
const saleOf = (fields: Fields): string | undefined =>
  idOf(fields['WP_SALEID']) ?? idOf(fields['WP_SALE']?.replace(/^sale_/, ''));

/** Place of a subscription payment in its series; undefined when the message does not say. */
function paymentNumber(fields: Fields): number | undefined {
  const told = text(fields['WP_SUBSCR_PAYMENT_NUM']);
  return told !== undefined && /^\d{1,5}$/.test(told) ? Number(told) : undefined;
}

interface Names {
  readonly order: OrderHint;
  readonly sale: string;
  /** The payment that this message is about. */
  readonly transaction: string | undefined;
}

function namesOf(fields: Fields): Names | undefined {
  const first = idOf(fields['WP_TXNID']);
  const payment = idOf(fields['WP_SUBSCR_PAYMENT_TXNID']);
  const sale = saleOf(fields) ?? first;
  if (sale === undefined) return undefined;
  const aliases = [...new Set([first, payment])].filter(
    (name): name is string => name !== undefined && name !== sale,
  );
  const sequence = paymentNumber(fields);
  return {
    sale,
    transaction: payment ?? first,
    order: {
      id: sale,
      ...(aliases.length > 0 ? { aliases } : {}),
      ...(sequence === undefined ? {} : { sequence }),
    },
  };
}

function attributionOf(fields: Fields, settings: WarriorPlusSettings): AttributionHint | undefined {
  const names = settings.clickIdField ? [settings.clickIdField] : CLICK_FIELDS;
  const subIds = ['WP_SID', 'WP_HOP_SID', 'WP_HOP_TID'].map((name) => identifier(fields[name]));
  const last = subIds.findLastIndex((id) => id !== undefined);
  const hint = compact({
    clickId: names.map((name) => identifier(fields[name])).find((id) => id !== undefined),
    affiliateId: identifier(fields['WP_AFFID']),
    offerId: identifier(fields['WP_ITEM_NUMBER']),
    subIds: last < 0 ? undefined : subIds.slice(0, last + 1).map((id) => id ?? ''),
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
}

const saleKey = (sale: string): string => `${sale}:sale`;
const rebillKey = (sale: string, payment: string): string => `${sale}:rebill:${payment}`;

/** The payment that a refund or dispute takes back: a rebill is named by its own transaction and a number above 1. */
function reversed(fields: Fields, { sale }: Names): string {
  const payment = idOf(fields['WP_SUBSCR_PAYMENT_TXNID']);
  const isLater = (paymentNumber(fields) ?? 1) > 1;
  return payment !== undefined && isLater ? rebillKey(sale, payment) : saleKey(sale);
}

/** Two words tell a refund of a subscription; the payment and the kind name it. */
function keyOf(word: string, type: EventType, { sale, transaction }: Names): string {
  if (type === 'SALE') return saleKey(sale);
  if (type === 'REBILL') return rebillKey(sale, transaction ?? '');
  if (type === 'CANCELED') return `${sale}:${word}`;
  return `${sale}:${type.toLowerCase()}:${transaction ?? ''}`;
}

function draftOf(
  fields: Fields,
  settings: WarriorPlusSettings,
  word: string,
  type: EventType,
  names: Names,
): EventDraft {
  const email = text(fields['WP_BUYER_EMAIL']);
  const takesBack = type === 'REFUND' || type === 'CHARGEBACK';
  const revenue = money(text(fields['WP_SALE_AMOUNT']), text(fields['WP_SALE_CURRENCY']) ?? 'USD');
  return {
    key: keyOf(word, type, names),
    type,
    nativeType: word,
    test: text(fields['WP_PAYMETHOD'])?.toLowerCase() === 'test',
    occurredAt: null,
    order: names.order,
    ...compact({
      attribution: attributionOf(fields, settings),
      customer: email === undefined ? undefined : { email },
      revenue: type === 'CANCELED' ? undefined : revenue,
      reversesKey: takesBack ? reversed(fields, names) : undefined,
    }),
  };
}

/** Messages for the other role. */
function isOther(fields: Fields, { receiver }: WarriorPlusSettings): boolean {
  const told = text(fields['IPN_RCPT_TYPE'])?.toLowerCase() ?? '';
  const role = told.startsWith('aff') ? 'affiliate' : told === '' ? '' : 'vendor';
  return receiver !== 'both' && role !== '' && role !== receiver;
}

/** A payment that did not complete is none; the field is missing in many messages. */
const isPending = (fields: Fields): boolean =>
  !['', 'completed', 'complete'].includes(text(fields['WP_PAYMENT_STATUS'])?.toLowerCase() ?? '');

/** The first payment of a subscription is the sale; undefined for messages that tell no money of their own. */
function typeOf(fields: Fields, type: EventType): EventType | undefined {
  if (type !== 'SALE' && type !== 'REBILL') return type;
  if (isPending(fields)) return undefined;
  const number = paymentNumber(fields);
  if (type === 'SALE') return (number ?? 1) > 1 ? 'REBILL' : 'SALE';
  const isOwn = idOf(fields['WP_SUBSCR_PAYMENT_TXNID']) !== undefined;
  return isOwn && number !== 1 ? 'REBILL' : undefined;
}

const shown = (word: string): string => (/^[a-z_]{1,40}$/.test(word) ? `: ${word}` : '');

/** The canonical meaning of a verified message; one event at most. */
export function normalize(
  fields: Fields,
  { settings }: NormalizeContext<WarriorPlusSettings>,
): Normalized {
  const word = text(fields['WP_ACTION'])?.toLowerCase() ?? '';
  const meaning = meaningOf(word);
  if (meaning === undefined) return notUnderstood(`unknown WP_ACTION${shown(word)}`);
  if (meaning === 'ignored' || meaning === 'test' || meaning === 'link') return [];
  if (isOther(fields, settings)) return [];
  const type = typeOf(fields, meaning);
  if (type === undefined) return [];
  const names = namesOf(fields);
  if (!names) return notUnderstood(`${word} without a readable WP_SALEID`);
  const draft = draftOf(fields, settings, word, type, names);
  const needsMoney = type !== 'CANCELED';
  return needsMoney && draft.revenue === undefined
    ? notUnderstood(`${word} without a readable WP_SALE_AMOUNT`)
    : [draft];
}
