import {
  compact,
  factDraft,
  factMoney,
  fromIso,
  identifier,
  isRecord,
  namedAttribution,
  NOT_LOOKED_UP,
  notUnderstood,
  pick,
  stageMove,
  stageType,
  text,
  textAt,
  type EventType,
  type NativeEvent,
  type Normalized,
  type StageMap,
} from '#contract';
import type { CloseSettings } from './settings.js';

type Members = Readonly<Record<string, unknown>>;

/** Status types are fixed words of Close; labels and ids are the user's. */
export const DEFAULTS: StageMap = {
  'lead.created': 'LEAD',
  'opportunity.created': 'APPROVED_LEAD',
  won: 'SALE',
  lost: 'REJECTED_LEAD',
};

export const EVENTS: readonly NativeEvent[] = [
  { native: 'lead.created', becomes: 'LEAD' },
  { native: 'opportunity.created', becomes: 'APPROVED_LEAD', note: 'unless its status says more' },
  { native: 'opportunity:won', becomes: 'SALE', note: 'the change to it, not later edits' },
  { native: 'opportunity:lost', becomes: 'REJECTED_LEAD', note: 'CANCELED when it was won before' },
  { native: 'opportunity:active', becomes: 'CANCELED', note: 'only when it was won before' },
  { native: 'opportunity.deleted', becomes: 'CANCELED', note: 'only when it was won before' },
  { native: '*', becomes: 'ignored', note: 'unless the setting stages maps the status' },
];

/** One event of the log, or undefined when it is none. */
export interface Change {
  readonly id: string;
  readonly object: string;
  readonly action: string;
  readonly recordId: string;
  readonly data: Members;
  readonly before: Members;
  readonly at: string | null;
}

const members = (value: unknown): Members => (isRecord(value) ? value : {});

/** `event.date_created` has no zone suffix: UTC. */
const moment = (value: string | undefined): string | null =>
  fromIso(value) ?? fromIso(`${value}Z`) ?? null;

export function changeOf(payload: unknown): Change | undefined {
  const id = identifier(textAt(payload, 'event.id'));
  const object = textAt(payload, 'event.object_type');
  const action = textAt(payload, 'event.action');
  const data = members(pick(payload, 'event.data'));
  const before = members(pick(payload, 'event.previous_data'));
  const recordId = identifier(textAt(payload, 'event.object_id') ?? data['id'] ?? before['id']);
  if (id === undefined || object === undefined || action === undefined || recordId === undefined) {
    return undefined;
  }
  const at = moment(textAt(payload, 'event.date_created'));
  return { id, object, action, recordId, data, before, at };
}

const STATUS = ['status_id', 'status_label', 'status_type'] as const;

/** Names of the status: id and label before the type, so that the user's map can be finer. */
const statusWords = (read: (name: string) => unknown): readonly (string | undefined)[] =>
  STATUS.map((name) => text(read(name)));

/** `previous_data` lists changed members only; the others are as they are now. */
function wordsBefore({ action, data, before }: Change): readonly (string | undefined)[] {
  if (action === 'created') return [];
  return statusWords((name) => (Object.hasOwn(before, name) ? before[name] : data[name]));
}

const wordsNow = ({ action, data, object }: Change): readonly (string | undefined)[] => [
  ...(action === 'deleted' ? [] : statusWords((name) => data[name])),
  ...(action === 'created' ? [`${object}.created`] : []),
];

interface Move {
  readonly type: EventType;
  readonly native: string;
}

function moveOf(change: Change, settings: CloseSettings): Move | undefined {
  const { object, action, data } = change;
  const now = stageType(wordsNow(change), settings.stages, DEFAULTS);
  const type = stageMove(stageType(wordsBefore(change), settings.stages, DEFAULTS), now);
  if (type === undefined) return undefined;
  const status = textAt(data, 'status_type');
  const plain =
    action === 'deleted' || status === undefined || (action === 'created' && status === 'active');
  return { type, native: plain ? `${object}.${action}` : `${object}:${status}` };
}

/** Close counts every currency in hundredths. */
const decimalOf = (cents: string | undefined): string | undefined =>
  cents !== undefined && /^\d{1,15}$/.test(cents)
    ? `${cents.padStart(3, '0').slice(0, -2)}.${cents.padStart(3, '0').slice(-2)}`
    : cents;

/** Custom fields are members named `custom.cf_…`. */
export const customOf = (record: Members, name: string): unknown =>
  record[`custom.${name}`] ?? (Object.hasOwn(record, name) ? record[name] : undefined);

/** A monthly or yearly value is the price of one period, not of all to come. */
function flagsOf({ object, data }: Change, type: EventType): readonly string[] {
  const period = textAt(data, 'value_period');
  const recurring = type === 'SALE' && (period === 'monthly' || period === 'annual');
  return [
    ...(recurring ? [`value-${period}`] : []),
    ...(object === 'opportunity' ? [NOT_LOOKED_UP] : []),
  ];
}

/** Leads and opportunities by their status; every other object of the event log is ignored. */
export function normalize(payload: unknown, settings: CloseSettings): Normalized {
  const change = changeOf(payload);
  if (!change) return notUnderstood('an event without id, object type, action or object id');
  const move = /^(?:lead|opportunity)$/.test(change.object) ? moveOf(change, settings) : undefined;
  if (!move) return [];
  const { data } = change;
  const revenue = factMoney(move.type, decimalOf(text(data['value'])), data['value_currency']);
  if (revenue === 'unreadable') return notUnderstood('an opportunity whose value is unreadable');
  const lead = identifier(change.object === 'lead' ? change.recordId : data['lead_id']);
  const email = textAt(data, 'contacts[0].emails[0].email');
  const customer = compact({ id: lead, email });
  const flags = flagsOf(change, move.type);
  return [
    factDraft({
      object: change.object,
      id: change.recordId,
      type: move.type,
      nativeType: move.native.slice(0, 200),
      test: false,
      occurredAt: change.at,
      change: change.id,
      ...compact({
        revenue,
        attribution: namedAttribution((name) => customOf(data, name), settings),
        customer: Object.keys(customer).length > 0 ? customer : undefined,
        flags: flags.length > 0 ? flags : undefined,
      }),
    }),
  ];
}
