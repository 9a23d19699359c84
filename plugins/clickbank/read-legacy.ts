import { formRecord, fromEpochSeconds, parseFormText, text } from '#contract';
import type { Amount, LegacyPayload, Message } from './message.js';

const cents = (value: string | undefined): Amount | undefined =>
  value === undefined ? undefined : { unit: 'cents', text: value };

/** `cvendthru` is a query string inside a field; unreadable ones say nothing. */
function passedThrough(value: string | undefined): Readonly<Record<string, string>> {
  const parsed = parseFormText(value ?? '');
  return parsed.ok ? { ...formRecord(parsed.value) } : {};
}

function paymentsOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,4}$/.test(value) && Number(value) > 0
    ? Number(value)
    : undefined;
}

/**
 * Version 4 posts every field, empty or not. The hash covers the values but not the names, so a renamed field keeps
 * it valid: a name that is gone must at least be seen.
 */
const V4_FIELDS = [
  'caccountamount',
  'ccurrency',
  'ccustemail',
  'corderamount',
  'cprocessedpayments',
  'ctid',
  'ctransaction',
  'ctransaffiliate',
  'ctranspaymentmethod',
  'ctransreceipt',
  'ctransrole',
  'ctranstime',
  'ctransvendor',
  'cupsellreceipt',
  'cvendthru',
];

const isIncomplete = (fields: LegacyPayload['fields']): boolean =>
  Number.parseInt(fields['cnoticeversion'] ?? '', 10) >= 4 &&
  V4_FIELDS.some((name) => !Object.hasOwn(fields, name));

/** Posted fields (v1–v5) in the common shape. Version 1 has no time, role or currency, and one amount. */
export function readLegacy({ fields }: LegacyPayload): Message {
  const field = (name: string): string | undefined => text(fields[name]);
  const rawTime = field('ctranstime') ?? '';
  const codes = [field('ctid'), field('caffitid')];
  return {
    type: (field('ctransaction') ?? '').toUpperCase(),
    receipt: field('ctransreceipt'),
    role: (field('ctransrole') ?? '').toUpperCase(),
    at: fromEpochSeconds(rawTime),
    rawTime,
    affiliate: field('ctransaffiliate'),
    accountAmount: cents(field('caccountamount')),
    orderAmount: cents(field('corderamount') ?? field('ctransamount')),
    currency: field('ccurrency'),
    paymentMethod: field('ctranspaymentmethod'),
    originalReceipt: field('cupsellreceipt'),
    upsell: false,
    payments: paymentsOf(field('cprocessedpayments')),
    email: field('ccustemail'),
    declinedConsent: false,
    incomplete: isIncomplete(fields),
    trackingCodes: codes.filter((code) => code !== undefined),
    variables: passedThrough(fields['cvendthru']),
  };
}
