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
  return value !== undefined && /^\d{1,4}$/.test(value) && Number(value) > 0 ? Number(value) : undefined;
}

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
    trackingCodes: codes.filter((code) => code !== undefined),
    variables: passedThrough(fields['cvendthru']),
  };
}
