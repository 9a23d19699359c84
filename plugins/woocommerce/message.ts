import {
  compact,
  fromWallClock,
  isRecord,
  listAt,
  notUnderstood,
  pick,
  shopAttribution,
  text,
  textAt,
  type AttributionHint,
  type CustomerHint,
  type Json,
  type Normalized,
} from '#contract';
import type { WooCommerceSettings } from './settings.js';

export type WooObject = Readonly<Record<string, unknown>>;

/** One message: what it says it is, and the object as the REST API shows it. */
export interface WooMessage {
  readonly topic: string;
  readonly object: WooObject;
}

export type Handler = (message: WooMessage, settings: WooCommerceSettings) => Normalized;

export const messageOf = (topic: string, object: Json): WooMessage => ({
  topic,
  object: isRecord(object) ? object : {},
});

/** A post number; 0 means none (guests, orders without a parent). */
export function idAt(object: unknown, path: string): string | undefined {
  const id = text(pick(object, path));
  return id !== undefined && /^[1-9]\d{0,19}$/.test(id) ? id : undefined;
}

/** `…_gmt` is UTC without a `Z`; the other dates are local to the store and not read. */
export const timeAt = (object: WooObject, name: string): string | null =>
  fromWallClock(text(object[name]), 'UTC')?.at ?? null;

/** Subscriptions are numbered with the orders; the name says which of the two is meant. */
export const subscriptionName = (id: string): string => `subscription:${id}`;

/** The value of one key of the meta data. */
export const metaAt = (object: WooObject, key: string): string | undefined =>
  textAt(
    listAt(object, 'meta_data').find((one) => textAt(one, 'key') === key),
    'value',
  );

/** Meta data by key, without the underscore that hides it; WooCommerce's own attribution under the usual names. */
const metaTexts = (object: WooObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    listAt(object, 'meta_data').flatMap((one) => {
      const key = textAt(one, 'key')?.replace(/^_?(?:wc_order_attribution_)?/, '');
      const value = textAt(one, 'value');
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );

/** Who sent the buyer, and who he is. */
export function peopleOf(
  object: WooObject,
  settings: WooCommerceSettings,
): { attribution?: AttributionHint; customer?: CustomerHint } {
  const coupon = textAt(object, 'coupon_lines[0].code');
  const attribution = shopAttribution(metaTexts(object), settings, coupon);
  const customer = compact({
    id: idAt(object, 'customer_id'),
    email: textAt(object, 'billing.email'),
  });
  return {
    ...(attribution ? { attribution } : {}),
    ...(Object.keys(customer).length > 0 ? { customer } : {}),
  };
}

/** Parked: a message we know without something we cannot do without. */
export const lacks = (message: WooMessage, what: string): Normalized =>
  notUnderstood(`${message.topic} without a readable ${what}`);

/** Parked: the topic is not signed, so a signed body of another kind under it may be a forgery. */
export const notThat = (message: WooMessage, what: string): Normalized =>
  notUnderstood(`${message.topic} whose body is no ${what}`);
