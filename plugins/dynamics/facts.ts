import {
  compact,
  factDraft,
  factMoney,
  namedAttribution,
  notUnderstood,
  stageType,
  type NativeEvent,
  type Normalized,
  type StageMap,
} from '#contract';
import type { Columns, ExecutionContext } from './context.js';
import type { DynamicsSettings } from './settings.js';

export const DEFAULTS: StageMap = {
  'lead.create': 'LEAD',
  'lead:qualified': 'QUALIFIED_LEAD',
  'lead:disqualified': 'REJECTED_LEAD',
  'opportunity:won': 'SALE',
  'opportunity:lost': 'CANCELED',
};

export const EVENTS: readonly NativeEvent[] = [
  { native: 'lead.create', becomes: 'LEAD' },
  { native: 'lead:qualified', becomes: 'QUALIFIED_LEAD', note: 'QualifyLead, or statecode 1' },
  { native: 'lead:disqualified', becomes: 'REJECTED_LEAD', note: 'statecode 2' },
  { native: 'opportunity:won', becomes: 'SALE', note: 'Win, or statecode 1' },
  {
    native: 'opportunity:lost',
    becomes: 'CANCELED',
    note: 'Lose, or statecode 2; takes back a sale where there was one',
  },
  {
    native: '*',
    becomes: 'ignored',
    note: 'unless the setting stages maps the status or the message',
  },
];

/** Messages that say the state by themselves. */
const BY_MESSAGE: Readonly<Record<string, string>> = {
  win: 'won',
  lose: 'lost',
  qualifylead: 'qualified',
};

/** State codes that Dataverse ships; 0 is open in both. */
const STATES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  opportunity: { '1': 'won', '2': 'lost' },
  lead: { '1': 'qualified', '2': 'disqualified' },
};

/**
 * Only columns that were written tell a change: the image repeats the state on every save. The status reason is finer
 * than the state and comes first.
 */
function wordsOf({ message, entity, changed }: ExecutionContext): readonly string[] {
  const status = changed['statuscode'];
  const state = BY_MESSAGE[message] ?? STATES[entity]?.[changed['statecode'] ?? ''];
  return [
    ...(status === undefined ? [] : [`${entity}:status:${status}`]),
    ...(state === undefined ? [] : [`${entity}:${state}`, state]),
    `${entity}.${message}`,
  ];
}

const nativeOf = (words: readonly string[]): string =>
  words.find((word) => word.includes(':') && !word.includes(':status:')) ?? words[0] ?? '';

const CLICK = ['new_clickid', 'new_click_id', 'cr_clickid'] as const;
const AFFILIATE = ['new_affiliateid', 'new_affiliate_id'] as const;

const hintsOf = (columns: Columns, settings: DynamicsSettings) => {
  const email = columns['emailaddress1'] ?? columns['emailaddress'];
  const id = columns['customerid'] ?? columns['parentcontactid'];
  const customer = compact({ id, email });
  return compact({
    attribution: namedAttribution((name) => columns[name.toLowerCase()], {
      clickIdFrom: settings.clickIdFrom ?? CLICK,
      affiliateIdFrom: settings.affiliateIdFrom ?? AFFILIATE,
    }),
    customer: Object.keys(customer).length > 0 ? customer : undefined,
  });
};

/** One step of one message on one record. */
export function normalize(context: ExecutionContext, settings: DynamicsSettings): Normalized {
  const { entity, message, id, changed, image } = context;
  const words = wordsOf(context);
  const type = stageType(words, settings.stages, DEFAULTS);
  const empty = Object.keys(changed).length + Object.keys(image).length === 0;
  if (type === undefined) {
    return empty && (message === 'update' || message === 'setstate')
      ? notUnderstood(
          'a message without columns (over 256 KB, or no image): filter columns and register a post image',
        )
      : [];
  }
  if (id === null) return notUnderstood('a message without the id of its record');
  const columns = { ...image, ...changed };
  const amount = columns['actualvalue'] ?? columns['actualrevenue'] ?? columns['estimatedvalue'];
  const revenue = factMoney(type, amount, columns['isocurrencycode'] ?? settings.currency);
  if (revenue === 'unreadable') {
    return notUnderstood(
      'a value that is unreadable or has no currency: set the currency of the organization',
    );
  }
  return [
    factDraft({
      object: entity,
      id,
      type,
      nativeType: nativeOf(words).slice(0, 200),
      test: false,
      occurredAt: context.at,
      ...compact({ change: context.operation ?? undefined, revenue }),
      ...hintsOf(columns, settings),
    }),
  ];
}
