import {
  fromIso,
  isRecord,
  minorUnits,
  notUnderstood,
  parseJson,
  pick,
  text,
  textAt,
  type Json,
  type Money,
  type Normalized,
  type OrderHint,
  type Parsed,
} from '#contract';
import type { PaddleSettings } from './settings.js';

export type Entity = Readonly<Record<string, unknown>>;

/** One event with the entity it is about. */
export interface PaddleEvent {
  readonly type: string;
  /** ISO 8601 UTC; null when the message does not say. */
  readonly at: string | null;
  readonly test: boolean;
  readonly data: Entity;
}

export type Handler = (event: PaddleEvent, settings: PaddleSettings) => Normalized;

/** An event by its shape: in a notification, and in the list of events. */
export const isEvent = (value: unknown): value is { readonly [name: string]: Json } =>
  textAt(value, 'event_type') !== undefined && isRecord(pick(value, 'data'));

/** The signed JSON, if it is an event at all. */
export function readEvent(body: Buffer): Parsed<Json> {
  const parsed = parseJson(body);
  if (!parsed.ok) return parsed;
  return isEvent(parsed.value) ? parsed : { ok: false, fault: 'malformed' };
}

/** Ids of Paddle's simulator begin so, also on live destinations. */
const isSimulated = (payload: Json): boolean =>
  [textAt(payload, 'event_id'), textAt(payload, 'notification_id')].some((id) =>
    id?.startsWith('ntfsim'),
  );

/** The parts of an event. */
export function eventOf(payload: Json, { sandbox }: PaddleSettings): PaddleEvent {
  const data = pick(payload, 'data');
  return {
    type: textAt(payload, 'event_type') ?? '',
    at: fromIso(textAt(payload, 'occurred_at')) ?? null,
    test: sandbox || isSimulated(payload),
    data: isRecord(data) ? data : {},
  };
}

/** A Paddle id (`txn_…`, `sub_…`): short, letters, digits and `_`. */
export function idAt(data: Entity, path: string): string | undefined {
  const id = text(pick(data, path));
  return id !== undefined && /^\w{1,64}$/.test(id) ? id : undefined;
}

/** Text of minor units (`"1999"`) in the currency of the entity. */
export const moneyAt = (data: Entity, path: string): Money | undefined =>
  minorUnits(textAt(data, path), textAt(data, 'currency_code'));

/** A subscription is one order; a transaction outside of one is its own. */
export function orderOf(data: Entity, transaction: string): OrderHint {
  const subscription = idAt(data, 'subscription_id');
  return subscription === undefined
    ? { id: transaction }
    : { id: subscription, aliases: [transaction] };
}

/** Key of a paid transaction; adjustments name it. */
export const transactionKey = (id: string): string => `${id}:completed`;

/** Parked: a message we know without something we cannot do without. */
export const lacks = (event: PaddleEvent, what: string): Normalized =>
  notUnderstood(`${event.type} without a readable ${what}`);
