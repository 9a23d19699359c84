import {
  compact,
  factDraft,
  factMoney,
  fromEpochMs,
  namedAttribution,
  NOT_LOOKED_UP,
  notUnderstood,
  stageType,
  toldOnce,
  type EventDraft,
  type NativeEvent,
  type Normalized,
  type StageMap,
} from '#contract';
import type { ZohoPayload, ZohoRecord } from './channel.js';
import type { ZohoSettings } from './settings.js';

/** Default stages and statuses of a fresh English organization. */
export const DEFAULTS: StageMap = {
  'Leads.insert': 'LEAD',
  'Deals:Closed Won': 'SALE',
  'Deals:Closed Lost': 'CANCELED',
  'Deals:Closed Lost to Competition': 'CANCELED',
  'Leads:Pre-Qualified': 'QUALIFIED_LEAD',
  'Leads:Junk Lead': 'REJECTED_LEAD',
  'Leads:Not Qualified': 'REJECTED_LEAD',
  'Deals.delete': 'CANCELED',
};

export const EVENTS: readonly NativeEvent[] = [
  { native: 'Leads.insert', becomes: 'LEAD' },
  { native: 'Leads:Pre-Qualified', becomes: 'QUALIFIED_LEAD' },
  { native: 'Leads:Junk Lead', becomes: 'REJECTED_LEAD' },
  { native: 'Leads:Not Qualified', becomes: 'REJECTED_LEAD' },
  { native: 'Deals:Closed Won', becomes: 'SALE' },
  {
    native: 'Deals:Closed Lost',
    becomes: 'CANCELED',
    note: 'takes back a sale where there was one',
  },
  { native: 'Deals:Closed Lost to Competition', becomes: 'CANCELED', note: 'the same' },
  { native: 'Deals.delete', becomes: 'CANCELED' },
  {
    native: '*',
    becomes: 'ignored',
    note: 'unless the setting stages maps the stage or <module>.<operation>',
  },
];

/** The field that holds the state of a record, by module. */
const STATE: Readonly<Record<string, string>> = { Deals: 'Stage', Leads: 'Lead_Status' };

export const CLICK = ['Click_ID', 'Click_Id', 'Affiliate_Click_ID'] as const;
export const AFFILIATE = ['Affiliate_ID', 'Affiliate_Id'] as const;

export const attributionOf = (values: Readonly<Record<string, unknown>>, settings: ZohoSettings) =>
  namedAttribution((name) => (Object.hasOwn(values, name) ? values[name] : undefined), {
    clickIdFrom: settings.clickIdFrom ?? CLICK,
    affiliateIdFrom: settings.affiliateIdFrom ?? AFFILIATE,
  });

function draftOf(
  record: ZohoRecord,
  { module, operation, serverTime }: ZohoPayload,
  settings: ZohoSettings,
): EventDraft | 'unreadable' | undefined {
  const { id, values } = record;
  const state = operation === 'delete' ? undefined : values[STATE[module] ?? ''];
  const word = `${module}.${operation}`;
  const names = [...(state === undefined ? [] : [`${module}:${state}`, state]), word];
  const type = stageType(names, settings.stages, DEFAULTS);
  if (type === undefined) return undefined;
  const revenue = factMoney(type, values['Amount'], values['Currency'] ?? settings.currency);
  if (revenue === 'unreadable') return 'unreadable';
  const email = values['Email'];
  return factDraft({
    object: module.toLowerCase(),
    id,
    type,
    nativeType: (state === undefined ? word : `${module}:${state}`).slice(0, 200),
    test: false,
    occurredAt: fromEpochMs(serverTime ?? undefined) ?? null,
    flags: [NOT_LOOKED_UP],
    ...compact({
      change: serverTime ?? undefined,
      revenue,
      attribution: attributionOf(values, settings),
      customer: email === undefined ? undefined : { email },
    }),
  });
}

/** An edit without any value: the channel was made without `return_affected_field_values`, and the stage is not told. */
const saysNothing = ({ module, operation, records }: ZohoPayload): boolean =>
  operation === 'update' &&
  STATE[module] !== undefined &&
  records.length > 0 &&
  records.every(({ values }) => Object.keys(values).length === 0);

/** One draft per record with a mapped state. Only changed values come along, so each waits for a look-up. */
export function normalize(payload: ZohoPayload, settings: ZohoSettings): Normalized {
  if (saysNothing(payload)) {
    return notUnderstood('no changed values: set return_affected_field_values on the channel');
  }
  const all = payload.records.flatMap((record) => draftOf(record, payload, settings) ?? []);
  const drafts = all.flatMap((one) => (one === 'unreadable' ? [] : [one]));
  return drafts.length < all.length
    ? notUnderstood(
        'an Amount that is unreadable or has no currency: set the currency of the organization',
      )
    : toldOnce(drafts);
}
