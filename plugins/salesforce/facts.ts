import {
  compact,
  factDraft,
  factMoney,
  fromIso,
  identifier,
  namedAttribution,
  notUnderstood,
  stageType,
  toldOnce,
  type EventDraft,
  type NativeEvent,
  type Normalized,
  type StageMap,
} from '#contract';
import type { Fields, Message, SalesforceRecord } from './message.js';
import type { SalesforceSettings } from './settings.js';

/** `IsWon`, `IsClosed` and `IsConverted` do not depend on labels; the labels are those of a fresh English organization. */
export const DEFAULTS: StageMap = {
  won: 'SALE',
  lost: 'CANCELED',
  'Opportunity:Closed Won': 'SALE',
  'Opportunity:Closed Lost': 'CANCELED',
  converted: 'APPROVED_LEAD',
  'Lead:Open - Not Contacted': 'LEAD',
  'Lead:Working - Contacted': 'QUALIFIED_LEAD',
  'Lead:Closed - Converted': 'APPROVED_LEAD',
  'Lead:Closed - Not Converted': 'REJECTED_LEAD',
};

export const EVENTS: readonly NativeEvent[] = [
  { native: 'Lead:Open - Not Contacted', becomes: 'LEAD' },
  { native: 'Lead:Working - Contacted', becomes: 'QUALIFIED_LEAD' },
  { native: 'Lead:Closed - Converted', becomes: 'APPROVED_LEAD' },
  { native: 'Lead:converted', becomes: 'APPROVED_LEAD', note: 'IsConverted, whatever the label' },
  { native: 'Lead:Closed - Not Converted', becomes: 'REJECTED_LEAD' },
  { native: 'Opportunity:Closed Won', becomes: 'SALE' },
  { native: 'Opportunity:won', becomes: 'SALE', note: 'IsWon, whatever the label' },
  { native: 'Opportunity:Closed Lost', becomes: 'CANCELED' },
  { native: 'Opportunity:lost', becomes: 'CANCELED', note: 'IsClosed without IsWon' },
  { native: '*', becomes: 'ignored', note: 'unless the setting stages maps it' },
];

const CLICK = ['Click_Id__c', 'ClickId__c', 'Affiliate_Click_Id__c'] as const;
const AFFILIATE = ['Affiliate_Id__c', 'AffiliateId__c'] as const;
const EMAIL = ['Email', 'Contact_Email__c', 'Email__c'] as const;

const own = (fields: Fields, name: string): string | undefined =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

/** What the flags of a record say, independent of labels. */
function closing(fields: Fields): string | undefined {
  if (own(fields, 'IsWon') === 'true') return 'won';
  if (own(fields, 'IsConverted') === 'true') return 'converted';
  return own(fields, 'IsWon') === 'false' && own(fields, 'IsClosed') === 'true'
    ? 'lost'
    : undefined;
}

function wordsOf({ object, fields }: SalesforceRecord, actionId: string | null) {
  const label = own(fields, 'StageName') ?? own(fields, 'Status');
  const shown = label ?? closing(fields);
  return {
    native: shown === undefined ? object : `${object}:${shown}`,
    names: [
      actionId === null ? undefined : `action:${actionId}`,
      label === undefined ? undefined : `${object}:${label}`,
      label,
      closing(fields),
      object,
    ],
  };
}

const customerOf = (fields: Fields, names: readonly string[]): EventDraft['customer'] => {
  const email = names.map((name) => own(fields, name)).find((found) => found !== undefined);
  return email === undefined ? undefined : { email };
};

/** Where a converted lead went: lead and opportunity are one order. */
function orderOf(draft: EventDraft, fields: Fields): EventDraft {
  const next = identifier(own(fields, 'ConvertedOpportunityId'));
  return next === undefined || !draft.order
    ? draft
    : { ...draft, order: { ...draft.order, aliases: [`opportunity:${next}`] } };
}

function draftOf(
  record: SalesforceRecord,
  { actionId, test }: Message,
  settings: SalesforceSettings,
): EventDraft | 'unreadable' | undefined {
  const { fields } = record;
  const { native, names } = wordsOf(record, actionId);
  const id = identifier(own(fields, 'Id'));
  const type = stageType(names, settings.stages, DEFAULTS);
  if (id === undefined || type === undefined) return undefined;
  const revenue = factMoney(
    type,
    own(fields, 'Amount'),
    own(fields, 'CurrencyIsoCode') ?? settings.currency,
  );
  if (revenue === 'unreadable') return 'unreadable';
  // The only time that names the change itself; every other one moves with each save.
  const moved = fromIso(own(fields, 'LastStageChangeDate'));
  const draft = factDraft({
    object: record.object.toLowerCase(),
    id,
    type,
    nativeType: native.slice(0, 200),
    test,
    occurredAt:
      moved ?? fromIso(own(fields, 'LastModifiedDate') ?? own(fields, 'SystemModstamp')) ?? null,
    ...compact({
      change: moved,
      revenue,
      attribution: namedAttribution((name) => own(fields, name), {
        clickIdFrom: settings.clickIdFrom ?? CLICK,
        affiliateIdFrom: settings.affiliateIdFrom ?? AFFILIATE,
      }),
      customer: customerOf(fields, settings.emailFrom ?? EMAIL),
    }),
  });
  return orderOf(draft, fields);
}

/** One draft per record with a mapped stage. One Ack covers the whole message, so one unreadable amount parks it all. */
export function drafts(message: Message, settings: SalesforceSettings): Normalized {
  const all = message.records.flatMap((record) => draftOf(record, message, settings) ?? []);
  const read = all.flatMap((one) => (one === 'unreadable' ? [] : [one]));
  return read.length < all.length
    ? notUnderstood(
        'an Amount that is unreadable or has no currency: set the currency of the organization',
      )
    : toldOnce(read);
}
