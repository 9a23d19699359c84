import {
  formRecord,
  fromEpochSeconds,
  fromWallClock,
  identifier,
  isRecord,
  minorUnits,
  money,
  parseFormText,
  parseJson,
  text,
  textAt,
  type Money,
} from '#contract';
import type { JvzooSettings } from './settings.js';
import type { JvzooPayload } from './verify.js';

type Texts = Readonly<Record<string, string>>;

/** Both versions in one shape. */
export interface Message {
  /** SALE, BILL, RFND …, in capitals. */
  readonly type: string;
  readonly receipt: string | undefined;
  readonly parent: string | undefined;
  /** ISO 8601 UTC. Of v2 only that of payments: a refund repeats the date of its sale. */
  readonly at: string | null;
  readonly flags: readonly string[];
  readonly revenue: Money | undefined;
  /** What the affiliate earns (v2 only). */
  readonly payout: Money | undefined;
  readonly affiliate: string | undefined;
  readonly product: string | undefined;
  readonly email: string | undefined;
  readonly paymentMethod: string;
  /** Parameters that came through the sales page, and `tid`. */
  readonly passed: Texts;
}

/** JVZoo's receipts are short; longer texts are none. */
const receiptOf = (value: string | undefined): string | undefined => {
  const id = identifier(value);
  return id !== undefined && /^[\w-]{1,64}$/.test(id) ? id : undefined;
};

/** A query string inside a field. */
function passedThrough(value: string | undefined, tid: string | undefined): Texts {
  const form = parseFormText(value ?? '');
  const tracking = identifier(tid);
  return {
    ...(tracking === undefined ? {} : { tid: tracking }),
    ...(form.ok ? formRecord(form.value) : {}),
  };
}

/** A captured v1 message has dollars with a point; JVZoo's page on v2 says that v1 sends cents. */
function amountV1(value: string | undefined, unit: JvzooSettings['amountUnit']): Money | undefined {
  const told = text(value);
  const isCents = unit === 'cents' || (unit === 'auto' && told?.includes('.') !== true);
  return isCents ? minorUnits(told, 'USD') : money(told, 'USD');
}

function readV1(fields: Texts, settings: JvzooSettings): Message {
  return {
    type: (text(fields['ctransaction']) ?? '').toUpperCase(),
    receipt: receiptOf(fields['ctransreceipt']),
    parent: receiptOf(fields['cupsellreceipt']),
    at: fromEpochSeconds(text(fields['ctranstime'])) ?? null,
    flags: [],
    revenue: amountV1(fields['ctransamount'], settings.amountUnit),
    payout: undefined,
    affiliate: identifier(fields['ctransaffiliate']),
    product: identifier(fields['cproditem']),
    email: text(fields['ccustemail']),
    paymentMethod: (text(fields['ctranspaymentmethod']) ?? '').toUpperCase(),
    passed: passedThrough(fields['cvendthru'], fields['caffitid']),
  };
}

/** The affiliates' share in `transactionPayouts`, JSON text inside the form; undefined when it names none. */
function commissionOf(value: string | undefined): Money | undefined {
  const parsed = parseJson(Buffer.from(value ?? '', 'utf8'));
  const list: readonly unknown[] = parsed.ok && Array.isArray(parsed.value) ? parsed.value : [];
  const shares = list
    .filter((one) => isRecord(one) && textAt(one, 'payout_type')?.toUpperCase() === 'AFFILIATES')
    .map((one) => money(textAt(one, 'payee_amount'), 'USD'));
  const readable = shares.filter((share) => share !== undefined);
  return readable.length === 0 || readable.length < shares.length
    ? undefined
    : { amount: readable.reduce((sum, { amount }) => sum + amount, 0), currency: 'USD' };
}

const PAYMENTS: ReadonlySet<string> = new Set(['SALE', 'BILL', 'REBILL']);

function readV2(fields: Texts, settings: JvzooSettings): Message {
  const type = (text(fields['transaction_type']) ?? '').toUpperCase();
  const moment = PAYMENTS.has(type) ? fromWallClock(fields['date'], settings.timeZone) : undefined;
  return {
    type,
    receipt: receiptOf(fields['transaction_id']),
    parent: undefined,
    at: moment?.at ?? null,
    flags: moment?.ambiguous === true ? ['ambiguous-hour'] : [],
    revenue: money(text(fields['total']), 'USD'),
    payout: commissionOf(fields['transactionPayouts']),
    affiliate: identifier(fields['affiliate_id']),
    product: identifier(fields['product_id']),
    email: text(fields['customer_email']),
    paymentMethod: (text(fields['payment_method']) ?? '').toUpperCase(),
    passed: passedThrough(fields['other_params'], fields['tid']),
  };
}

/** A verified message of either version. JVZoo sells in US dollars. */
export const readMessage = ({ version, fields }: JvzooPayload, settings: JvzooSettings): Message =>
  version === 2 ? readV2(fields, settings) : readV1(fields, settings);
