import {
  isRecord,
  listAt,
  money,
  notUnderstood,
  parseJson,
  pick,
  text,
  textAt,
  type Json,
  type Money,
  type Normalized,
  type Parsed,
} from '#contract';
import type { PayPalSettings } from './settings.js';

/** A verified message, and whether it came from the sandbox. */
export interface PayPalPayload {
  readonly sandbox: boolean;
  readonly event: Json;
}

export type Resource = Readonly<Record<string, unknown>>;

/** One event with the object it is about. */
export interface PayPalEvent {
  readonly type: string;
  /** When PayPal made the event, as text. */
  readonly createTime: string | undefined;
  readonly test: boolean;
  readonly resource: Resource;
}

export type Handler = (event: PayPalEvent, settings: PayPalSettings) => Normalized;

/** An event by its shape: in a webhook, and in the list of events. */
export const isEvent = (value: unknown): value is { readonly [name: string]: Json } =>
  textAt(value, 'event_type') !== undefined && isRecord(pick(value, 'resource'));

/** The signed JSON, if it is an event at all. */
export function readEvent(body: Buffer): Parsed<Json> {
  const parsed = parseJson(body);
  if (!parsed.ok) return parsed;
  return isEvent(parsed.value) ? parsed : { ok: false, fault: 'malformed' };
}

/** The parts of an event. */
export function eventOf({ event, sandbox }: PayPalPayload): PayPalEvent {
  const resource = pick(event, 'resource');
  return {
    type: textAt(event, 'event_type') ?? '',
    createTime: textAt(event, 'create_time'),
    test: sandbox,
    resource: isRecord(resource) ? resource : {},
  };
}

/** `amount` in either manner: `{ value, currency_code }` (v2) or `{ total, currency }` (v1, negative in refunds). */
export const moneyAt = (resource: Resource, path: string): Money | undefined =>
  money(
    textAt(resource, `${path}.value`) ?? textAt(resource, `${path}.total`),
    textAt(resource, `${path}.currency_code`) ?? textAt(resource, `${path}.currency`),
  );

/** Last part of the resource's link with this relation, when its path holds `/<kind>/`: refunds name their capture so. */
export function linked(resource: Resource, rel: string, kind: string): string | undefined {
  const link = listAt(resource, 'links').find((one) => textAt(one, 'rel') === rel);
  const match = /\/([a-z]+)\/([A-Za-z0-9-]{1,64})$/.exec(textAt(link, 'href') ?? '');
  return match?.[1] === kind ? match[2] : undefined;
}

/** PayPal's own ids are short. */
export function idAt(resource: Resource, path: string): string | undefined {
  const id = text(pick(resource, path));
  return id !== undefined && /^[\w-]{1,64}$/.test(id) ? id : undefined;
}

/** The names that are there, each once, without the one that is the order's id. */
export const aliasesOf = (
  id: string,
  ...names: readonly (string | undefined)[]
): readonly string[] =>
  [...new Set(names)].filter((name): name is string => name !== undefined && name !== id);

/** Parked: a message we know without something we cannot do without. */
export const lacks = (event: PayPalEvent, what: string): Normalized =>
  notUnderstood(`${event.type} without a readable ${what}`);
