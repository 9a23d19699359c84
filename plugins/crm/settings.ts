import { currencyCode, Flag, isZone, Structured } from '#contract';
import { mappingFaults } from './mapping/normalize.js';
import type { Mapping } from './mapping/rule.js';

/** How the sender's fields become events. */
export class CrmSettings {
  @Structured({
    label: 'Mapping',
    hint: 'One rule, or a list of rules: where id, type, money, time and click id stand in the notification.',
    example: {
      externalId: 'data.id',
      eventType: { path: 'event', table: { 'deal.won': 'SALE' }, else: 'ignore' },
      amount: { path: 'data.value', unit: 'major' },
      currency: 'data.currency',
      clickId: 'data.click_id',
      dedupe: ['event_id'],
    },
    faults: mappingFaults,
    schema: { oneOf: [{ type: 'object' }, { type: 'array', items: { type: 'object' } }] },
  })
  mapping!: Mapping;

  @Structured({
    label: 'Default currency',
    hint: 'Used where the notification names none.',
    optional: true,
    example: 'USD',
    faults: (value) =>
      typeof value === 'string' && currencyCode(value) ? [] : ['must be an ISO 4217 code'],
    schema: { type: 'string' },
  })
  defaultCurrency?: string;

  @Structured({
    label: 'Time zone',
    hint: 'Of local times without offset, where the mapping sets no zone.',
    optional: true,
    example: 'Europe/Berlin',
    faults: (value) =>
      typeof value === 'string' && isZone(value) ? [] : ['must be an IANA time zone'],
    schema: { type: 'string' },
  })
  timeZone?: string;

  @Flag({
    label: 'Everything is a test',
    hint: 'Marks every event of this account as a test, which never reaches a live target on its own.',
    optional: true,
  })
  testMode?: boolean;
}
