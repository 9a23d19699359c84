import {
  fromEpochSeconds,
  isRecord,
  notUnderstood,
  pick,
  text,
  textAt,
  type Json,
  type Normalized,
  type OrderLink,
} from '#contract';
import type { StripeSettings } from './settings.js';

/** The signed JSON as it came. */
export interface StripeEvent {
  readonly [name: string]: Json;
}

export type StripeObject = Readonly<Record<string, unknown>>;

/** A v1 event with the object as it was when the event was made. */
export interface Snapshot {
  readonly type: string;
  /** ISO 8601 UTC; null when the message does not say. */
  readonly at: string | null;
  readonly test: boolean;
  /** Date at the front of the API version, e.g. `2025-03-31`; '' when the message has none. */
  readonly apiDate: string;
  readonly object: StripeObject;
  /** Former values of what changed; undefined when the message carries none. */
  readonly previous: StripeObject | undefined;
}

export type Handler = (event: Snapshot, settings: StripeSettings) => Normalized;

/** A v1 event by its shape. */
export const isSnapshot = (event: unknown): boolean =>
  textAt(event, 'type') !== undefined && isRecord(pick(event, 'data.object'));

/** The parts of a v1 event; undefined for any other shape (v2 "thin" events have no object). */
export function snapshotOf(event: StripeEvent): Snapshot | undefined {
  const type = textAt(event, 'type');
  const object = pick(event, 'data.object');
  const previous = pick(event, 'data.previous_attributes');
  if (type === undefined || !isRecord(object)) return undefined;
  return {
    type,
    at: fromEpochSeconds(textAt(event, 'created')) ?? null,
    test: event['livemode'] === false || object['livemode'] === false,
    apiDate: /^\d{4}-\d{2}-\d{2}/.exec(textAt(event, 'api_version') ?? '')?.[0] ?? '',
    object,
    previous: isRecord(previous) ? previous : undefined,
  };
}

/** Id of an expandable field: the id itself, or the `id` of the expanded object. */
export const idOf = (value: unknown): string | undefined =>
  isRecord(value) ? text(value['id']) : typeof value === 'string' ? text(value) : undefined;

/** `idOf(pick(object, path))`. */
export const idAt = (object: unknown, path: string): string | undefined => idOf(pick(object, path));

/** The names that are there, each once. */
export const known = (...names: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(names.filter((name) => name !== undefined)),
];

/** Ties the names of one purchase together, when there are at least two to tie. */
export function tie(...names: readonly (string | undefined)[]): readonly OrderLink[] {
  const link = known(...names);
  return link.length > 1 ? [{ link }] : [];
}

/** Parked: a message we know without something we cannot do without. */
export const lacks = (event: Snapshot, what: string): Normalized =>
  notUnderstood(`${event.type} without a readable ${what}`);
