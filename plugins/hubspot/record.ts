import {
  compact,
  identifier,
  isRecord,
  namedAttribution,
  factMoney,
  pick,
  text,
  type EventDraft,
  type EventType,
} from '#contract';
import type { HubSpotSettings } from './settings.js';

/** A property by name: plain in today's API, `{ value, timestamp }` in the shape that workflows send. */
export function property(record: unknown, name: string): string | undefined {
  const properties = pick(record, 'properties');
  const found =
    isRecord(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return text(isRecord(found) ? found['value'] : found);
}

/** Properties that every deal and contact has. */
export const DEAL_PROPERTIES = ['amount', 'deal_currency_code'] as const;
export const CONTACT_PROPERTIES = ['email'] as const;

/** The deal's amount, `unreadable` when no currency is known for it, undefined when there is none. */
export const recordMoney = (type: EventType, record: unknown, settings: HubSpotSettings) =>
  factMoney(
    type,
    property(record, 'amount'),
    property(record, 'deal_currency_code') ?? settings.currency,
  );

/** Customer and click of a deal or contact object, as far as it says them. */
export function recordHints(
  record: unknown,
  settings: HubSpotSettings,
): Pick<EventDraft, 'attribution' | 'customer'> {
  const customer = compact({
    id: identifier(pick(record, 'associations.contacts.results[0].id')),
    email: property(record, 'email'),
  });
  return compact({
    attribution: namedAttribution((name) => property(record, name), settings),
    customer: Object.keys(customer).length > 0 ? customer : undefined,
  });
}
