import {
  compact,
  fromIso,
  isRecord,
  minorUnits,
  notUnderstood,
  parseJson,
  pick,
  shopAttribution,
  text,
  textAt,
  textsAt,
  type AttributionHint,
  type CustomerHint,
  type Json,
  type Money,
  type Normalized,
  type Parsed,
} from '#contract';
import type { LemonSqueezySettings } from './settings.js';

type Attributes = Readonly<Record<string, unknown>>;

/** One message with the object it is about. Ids are plain numbers, counted per kind of object. */
export interface LemonEvent {
  readonly name: string;
  readonly test: boolean;
  readonly id: string | undefined;
  readonly attributes: Attributes;
  /** Custom data of the checkout. */
  readonly custom: Readonly<Record<string, string>>;
}

export type Handler = (event: LemonEvent, settings: LemonSqueezySettings) => Normalized;

/** The signed JSON, if it is a message of a webhook at all. */
export function readEvent(body: Buffer): Parsed<Json> {
  const parsed = parseJson(body);
  if (!parsed.ok) return parsed;
  const isEvent =
    textAt(parsed.value, 'meta.event_name') !== undefined &&
    isRecord(pick(parsed.value, 'data.attributes'));
  return isEvent ? parsed : { ok: false, fault: 'malformed' };
}

/** The parts of a message. The name is that of the signed body; the header `X-Event-Name` is not signed. */
export function eventOf(payload: Json): LemonEvent {
  const attributes = pick(payload, 'data.attributes');
  return {
    name: textAt(payload, 'meta.event_name') ?? '',
    test:
      pick(payload, 'meta.test_mode') === true ||
      pick(payload, 'data.attributes.test_mode') === true,
    id: idOf(pick(payload, 'data.id')),
    attributes: isRecord(attributes) ? attributes : {},
    custom: textsAt(payload, 'meta.custom_data'),
  };
}

/** A number that the network counts by. */
export function idOf(value: unknown): string | undefined {
  const id = text(value);
  return id !== undefined && /^\d{1,32}$/.test(id) ? id : undefined;
}

/** Integer minor units in the currency of the object. */
export const moneyAt = ({ attributes }: LemonEvent, name: string): Money | undefined =>
  minorUnits(text(attributes[name]), text(attributes['currency']));

/** What was given back so far; without that member everything, unless the status says that it was a part. */
export const refundedOf = (event: LemonEvent): Money | undefined =>
  moneyAt(event, 'refunded_amount') ??
  (text(event.attributes['status']) === 'refunded' ? moneyAt(event, 'total') : undefined);

export const timeAt = ({ attributes }: LemonEvent, name: string): string | null =>
  fromIso(text(attributes[name])) ?? null;

/** Orders keep their number as the name of the purchase; the others are marked, since all kinds count from 1. */
export const subscriptionName = (id: string): string => `subscription:${id}`;

/** Who sent the buyer, and who he is. */
export function peopleOf(
  event: LemonEvent,
  settings: LemonSqueezySettings,
): { attribution?: AttributionHint; customer?: CustomerHint } {
  const { attributes, custom } = event;
  const product =
    textAt(attributes, 'first_order_item.product_id') ?? textAt(attributes, 'product_id');
  const named = shopAttribution(custom, settings);
  const customer = compact({
    id: text(attributes['customer_id']),
    email: text(attributes['user_email']),
  });
  const attribution = compact({ ...named, offerId: named?.offerId ?? product });
  return {
    ...(Object.keys(attribution).length > 0 ? { attribution } : {}),
    ...(Object.keys(customer).length > 0 ? { customer } : {}),
  };
}

/** Parked: a message we know without something we cannot do without. */
export const lacks = (event: LemonEvent, what: string): Normalized =>
  notUnderstood(`${event.name} without a readable ${what}`);
