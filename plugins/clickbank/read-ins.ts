import {
  fromEpochSeconds,
  fromIso,
  isRecord,
  listAt,
  pick,
  text,
  textAt,
  textsAt,
} from '#contract';
import type { Amount, InsPayload, Message } from './message.js';

type Texts = Readonly<Record<string, string>>;

const amountAt = (message: unknown, path: string): Amount | undefined => {
  const found = textAt(message, path);
  return found === undefined ? undefined : { unit: 'decimal', text: found };
};

/**
 * A map of texts, or a list of them: of `{name, value}` pairs or of small maps. The vendor's sample shows a map,
 * one client library a list.
 */
export function textsOrList(message: unknown, path: string): Texts {
  const entries = listAt(message, path).flatMap((item) => {
    if (!isRecord(item)) return [];
    const name = text(item['name'] ?? item['key']);
    const value = text(item['value']);
    return name !== undefined && value !== undefined
      ? [[name, value] as const]
      : Object.entries(textsAt({ item }, 'item'));
  });
  return { ...textsAt(message, path), ...Object.fromEntries(entries) };
}

/** ISO 8601, extended (v6) or basic (v7), both with an offset; epoch seconds as in the legacy versions. */
const timeOf = (raw: string): string | undefined => fromIso(raw) ?? fromEpochSeconds(raw);

function paymentsOf(message: unknown): number | undefined {
  const made = listAt(message, 'lineItems')
    .map((item) => Number(textAt(item, 'paymentsProcessed') ?? 0))
    .filter((count) => Number.isSafeInteger(count) && count > 0);
  return made.length === 0 ? undefined : Math.max(...made);
}

const isYes = (value: unknown): boolean => value === true || text(value)?.toLowerCase() === 'true';

/** A decrypted message (v6, v7, v8) in the common shape. */
export function readIns({ message }: InsPayload): Message {
  const rawTime = textAt(message, 'transactionTime') ?? '';
  return {
    type: (textAt(message, 'transactionType') ?? '').toUpperCase(),
    receipt: textAt(message, 'receipt'),
    role: (textAt(message, 'role') ?? '').toUpperCase(),
    at: timeOf(rawTime),
    rawTime,
    affiliate: textAt(message, 'affiliate'),
    accountAmount: amountAt(message, 'totalAccountAmount'),
    orderAmount: amountAt(message, 'totalOrderAmount'),
    currency: textAt(message, 'currency'),
    paymentMethod: textAt(message, 'paymentMethod'),
    originalReceipt: textAt(message, 'upsell.upsellOriginalReceipt'),
    upsell: listAt(message, 'lineItems').some((item) => textAt(item, 'lineItemType') === 'UPSELL'),
    payments: paymentsOf(message),
    email: textAt(message, 'customer.billing.email') ?? textAt(message, 'customer.shipping.email'),
    declinedConsent: isYes(pick(message, 'declinedConsent')),
    incomplete: false,
    trackingCodes: listAt(message, 'trackingCodes')
      .map((code) => text(code))
      .filter((code) => code !== undefined),
    variables: {
      ...textsOrList(message, 'vendorVariables'),
      ...textsOrList(message, 'affiliateTrackingParameters'),
    },
  };
}
