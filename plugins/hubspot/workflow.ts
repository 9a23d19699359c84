import {
  compact,
  factDraft,
  fromEpochMs,
  identifier,
  notUnderstood,
  text,
  textAt,
  type Normalized,
} from '#contract';
import { typeOf } from './facts.js';
import { property, recordHints, recordMoney } from './record.js';
import type { HubSpotSettings } from './settings.js';

/** Properties that can hold a stage, by kind of object; the first that is mapped counts. */
const STAGED = {
  deal: ['dealstage'],
  contact: ['hs_lead_status', 'lifecyclestage'],
} as const;

function kindOf(record: unknown): 'deal' | 'contact' {
  const deal =
    textAt(record, 'dealId') !== undefined ||
    textAt(record, 'objectTypeId') === '0-3' ||
    property(record, 'dealstage') !== undefined;
  return deal ? 'deal' : 'contact';
}

const idOf = (record: unknown): string | undefined =>
  ['dealId', 'vid', 'objectId', 'id', 'properties.hs_object_id.value', 'properties.hs_object_id']
    .map((path) => identifier(textAt(record, path)))
    .find((id) => id !== undefined);

/**
 * The action "Send a webhook" of a workflow: the whole enrolled object. It names no change, so the time that HubSpot
 * keeps beside the property tells one change from the next, where it is there.
 */
export function workflowDrafts(record: unknown, settings: HubSpotSettings): Normalized {
  const object = kindOf(record);
  const id = idOf(record);
  if (id === undefined) return notUnderstood('a workflow webhook without the id of its object');
  for (const name of STAGED[object]) {
    const value = property(record, name);
    const type = value === undefined ? undefined : typeOf(settings, name, value);
    if (value === undefined || type === undefined) continue;
    const revenue = recordMoney(type, record, settings);
    if (revenue === 'unreadable')
      return notUnderstood('a deal whose amount or currency is unreadable');
    const change = text(textAt(record, `properties.${name}.timestamp`));
    return [
      factDraft({
        object,
        id,
        type,
        nativeType: `${name}:${value}`.slice(0, 200),
        test: false,
        occurredAt: fromEpochMs(change) ?? null,
        ...compact({ change, revenue }),
        ...recordHints(record, settings),
      }),
    ];
  }
  return [];
}
