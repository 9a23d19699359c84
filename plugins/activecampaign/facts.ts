import {
  compact,
  currencyCode,
  factDraft,
  factMoney,
  fromIso,
  identifier,
  isIgnored,
  minorUnits,
  namedAttribution,
  NOT_LOOKED_UP,
  notUnderstood,
  recordName,
  stageType,
  text,
  type EventType,
  type NativeEvent,
  type Normalized,
  type StageMap,
} from '#contract';
import type { ActiveCampaignSettings } from './settings.js';

/** Form fields by their literal names: nothing is nested, so nothing reaches a prototype. */
export type Fields = Readonly<Record<string, string>>;

export const DEFAULTS: StageMap = { subscribe: 'LEAD', won: 'SALE', lost: 'CANCELED' };

export const EVENTS: readonly NativeEvent[] = [
  { native: 'subscribe', becomes: 'LEAD' },
  { native: 'deal:won', becomes: 'SALE', note: 'deal_add or deal_update with status 1' },
  {
    native: 'deal:lost',
    becomes: 'CANCELED',
    note: 'status 2; takes back a sale where there was one',
  },
  { native: 'unsubscribe', becomes: 'ignored' },
  { native: '*', becomes: 'ignored', note: 'unless the setting stages maps type, stage or tag' },
];

const STATUS: Readonly<Record<string, string>> = { '0': 'open', '1': 'won', '2': 'lost' };

const at = (fields: Fields, name: string): string | undefined =>
  Object.hasOwn(fields, name) ? text(fields[name]) : undefined;

interface Subject {
  readonly object: string;
  readonly id: string | undefined;
  readonly names: readonly (string | undefined)[];
  readonly native: string;
}

function subjectOf(fields: Fields, word: string): Subject {
  if (!word.startsWith('deal_')) {
    const tag = at(fields, 'tag');
    return {
      object: 'contact',
      id: identifier(at(fields, 'contact[id]')),
      names: [tag === undefined ? undefined : `tag:${tag}`, word],
      native: tag === undefined ? word : `tag:${tag}`,
    };
  }
  const status = STATUS[at(fields, 'deal[status]') ?? '0'] ?? 'open';
  const stage = at(fields, 'deal[stageid]');
  const open = [stage, at(fields, 'deal[stage_title]')];
  return {
    object: 'deal',
    id: identifier(at(fields, 'deal[id]')),
    names: status === 'open' ? open : [status],
    native: `deal:${status === 'open' ? (stage ?? 'open') : status}`,
  };
}

function moneyOf(type: EventType, fields: Fields, { amountUnit }: ActiveCampaignSettings) {
  const amount = at(fields, 'deal[value_raw]');
  const currency = at(fields, 'deal[currency]');
  const major = factMoney(type, amount, currency);
  if (amountUnit === 'major' || major === undefined) return major;
  // The vendor's API counts every currency in hundredths.
  return minorUnits(amount, currencyCode(currency), 2) ?? 'unreadable';
}

function customerOf(fields: Fields) {
  const hint = compact({
    id: identifier(at(fields, 'contact[id]') ?? at(fields, 'deal[contactid]')),
    email: at(fields, 'contact[email]') ?? at(fields, 'deal[contact_email]'),
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
}

/** A deal that is open, in a stage without a meaning: where it was won before, it is no longer. `ignore` says nothing. */
function opened(
  fields: Fields,
  id: string | undefined,
  native: string,
  { stages }: ActiveCampaignSettings,
): Normalized {
  const open = at(fields, 'type') === 'deal_update' && at(fields, 'deal[status]') === '0';
  const words = [at(fields, 'deal[stageid]'), at(fields, 'deal[stage_title]')];
  if (!open || id === undefined || isIgnored(words, stages)) return [];
  return [
    {
      seen: { id: recordName({ object: 'deal', id }), state: 'open' },
      nativeType: native.slice(0, 200),
      occurredAt: fromIso(at(fields, 'date_time')) ?? null,
    },
  ];
}

/** One webhook: a deal with its status or stage now, or something that a contact did. */
export function normalize(fields: Fields, settings: ActiveCampaignSettings): Normalized {
  const word = at(fields, 'type');
  if (word === undefined) return notUnderstood('a webhook without a type');
  const { object, id, names, native } = subjectOf(fields, word);
  const type = stageType(names, settings.stages, DEFAULTS);
  if (type === undefined) return opened(fields, id, native, settings);
  if (id === undefined) return notUnderstood(`a ${object} without an id`);
  const revenue = object === 'deal' ? moneyOf(type, fields, settings) : undefined;
  if (revenue === 'unreadable')
    return notUnderstood('deal[value_raw] or deal[currency] is unreadable');
  return [
    factDraft({
      object,
      id,
      type,
      nativeType: native.slice(0, 200),
      test: false,
      // Moves with every save, so it tells when and not which change: it is in no key.
      occurredAt: fromIso(at(fields, 'date_time')) ?? null,
      ...compact({
        revenue,
        attribution: namedAttribution(
          (name) =>
            at(fields, `contact[fields][${name.toLowerCase()}]`) ??
            at(fields, `contact[fields][${name}]`),
          settings,
        ),
        customer: customerOf(fields),
        flags: revenue === undefined ? undefined : [NOT_LOOKED_UP],
      }),
    }),
  ];
}
