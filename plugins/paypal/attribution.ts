import {
  compact,
  identifier,
  parseFormText,
  shopAttribution,
  textAt,
  type AttributionHint,
  type CustomerHint,
} from '#contract';
import type { PayPalSettings } from './settings.js';
import type { Resource } from './message.js';

type Texts = Readonly<Record<string, string>>;

/** The one free field of 127 characters may hold several names as `click_id=…&aff=…`. */
function pairs(value: string): Texts | undefined {
  if (!/^[\w-]+=/.test(value)) return undefined;
  const form = parseFormText(value);
  return form.ok ? Object.fromEntries(form.value.toReversed()) : undefined;
}

const FIELDS = {
  custom_id: ['custom_id', 'custom'],
  invoice_id: ['invoice_id', 'invoice_number'],
} as const;

/** What the shop's own field says about the click: one id, or names and values as in a query string. */
export function attributionOf(
  resource: Resource,
  { clickIdField }: PayPalSettings,
): AttributionHint | undefined {
  const value = FIELDS[clickIdField].map((name) => textAt(resource, name)).find(Boolean);
  const texts = value === undefined ? undefined : pairs(value);
  if (texts) return shopAttribution(texts, {});
  const clickId = identifier(value);
  return clickId === undefined ? undefined : { clickId };
}

/** The buyer, where a message names one: subscriptions do, captures mostly do not. */
export function customerOf(resource: Resource): CustomerHint | undefined {
  const hint = compact({
    id: textAt(resource, 'subscriber.payer_id') ?? textAt(resource, 'payer.payer_id'),
    email: textAt(resource, 'subscriber.email_address') ?? textAt(resource, 'payer.email_address'),
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
}
