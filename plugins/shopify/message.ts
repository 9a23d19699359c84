import { isRecord, notUnderstood, pick, text, type Json, type Normalized } from '#contract';
import type { ShopifySettings } from './settings.js';

export type ShopifyObject = Readonly<Record<string, unknown>>;

/** One message: what it says it is, and the object. */
export interface ShopifyMessage {
  readonly topic: string;
  readonly object: ShopifyObject;
}

export type Handler = (message: ShopifyMessage, settings: ShopifySettings) => Normalized;

export const messageOf = (topic: string, object: Json): ShopifyMessage => ({
  topic,
  object: isRecord(object) ? object : {},
});

/** Shopify's ids are long numbers. */
export function idAt(object: unknown, path: string): string | undefined {
  const id = text(pick(object, path));
  return id !== undefined && /^\d{1,32}$/.test(id) ? id : undefined;
}

/** Key of an order's payment; refunds and disputes name the order. */
export const saleKey = (order: string): string => `order:${order}:sale`;

/** Parked: a message we know without something we cannot do without. */
export const lacks = (message: ShopifyMessage, what: string): Normalized =>
  notUnderstood(`${message.topic} without a readable ${what}`);

/** Parked: the topic is not signed, so a signed body of another kind under it may be a forgery. */
export const notThat = (message: ShopifyMessage, what: string): Normalized =>
  notUnderstood(`${message.topic} whose body is no ${what}`);
