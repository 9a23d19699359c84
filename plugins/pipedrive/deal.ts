import {
  compact,
  factDraft,
  identifier,
  isIgnored,
  namedAttribution,
  factMoney,
  notUnderstood,
  pick,
  recordName,
  stageMove,
  stageType,
  text,
  NOT_LOOKED_UP,
  type Normalized,
  type NativeEvent,
  type StageMap,
} from '#contract';
import { changedAt, LISTED, type Message } from './message.js';
import type { PipedriveSettings } from './settings.js';

/** Statuses are fixed words of Pipedrive; stage ids are the user's. */
export const DEFAULTS: StageMap = {
  'create.lead': 'LEAD',
  'create.person': 'LEAD',
  won: 'SALE',
  lost: 'REJECTED_LEAD',
};

export const EVENTS: readonly NativeEvent[] = [
  { native: 'create.person', becomes: 'LEAD' },
  { native: 'create.lead', becomes: 'LEAD' },
  { native: 'deal.won', becomes: 'SALE', note: 'the change to it, not later edits' },
  { native: 'deal.lost', becomes: 'REJECTED_LEAD', note: 'CANCELED when the deal was won before' },
  { native: 'deal.deleted', becomes: 'CANCELED', note: 'only when the deal was won before' },
  { native: 'deal.open', becomes: 'CANCELED', note: 'only when the deal was won before' },
  { native: '*', becomes: 'ignored', note: 'unless the setting stages maps it' },
];

/** A member before the change: v2 lists changed members only, so a missing one is as it is now. */
const was = ({ before, now }: Message, name: string): string | undefined =>
  before && Object.hasOwn(before, name) ? text(before[name]) : text(now[name]);

/** An open deal is where its stage is; won, lost and deleted say more than the stage. */
const words = (status: string | undefined, stage: string | undefined): readonly string[] =>
  status === undefined || status === 'open' ? [stage ?? '', 'open'] : [status];

const customField = (now: Message['now'], name: string): unknown => {
  const custom = pick(now, ['custom_fields', name].map((step) => `["${step}"]`).join(''));
  const inner = custom ?? (Object.hasOwn(now, name) ? now[name] : undefined);
  // v2 wraps some kinds of field: { type, value }.
  return pick(inner, 'value') ?? inner;
};

/** Click and affiliate of a record's custom fields. */
export const attributionOf = (now: Message['now'], settings: PipedriveSettings) =>
  namedAttribution((name) => customField(now, name), settings);

/** The person of a deal: an id in v2, sometimes an object in v1. */
const personOf = (now: Message['now']) =>
  identifier(pick(now, 'person_id.value') ?? pick(now, 'person_id'));

interface Move {
  readonly native: string;
  readonly type: ReturnType<typeof stageMove>;
}

const statusOf = ({ action, now }: Message): string | undefined =>
  action === 'delete' ? 'deleted' : text(now['status']);

/** Status and stage before; a deletion repeats the last state in `previous`. */
function wordsBefore(message: Message): readonly string[] {
  const { action, before } = message;
  if (action === 'create' || action === LISTED || !before) return [];
  const status = action === 'delete' ? text(before['status']) : was(message, 'status');
  return words(status, was(message, 'stage_id'));
}

function moveOf(message: Message, settings: PipedriveSettings): Move {
  const status = statusOf(message) ?? 'open';
  const here = words(status, text(message.now['stage_id']));
  const type = stageType(here, settings.stages, DEFAULTS);
  const before = stageType(wordsBefore(message), settings.stages, DEFAULTS);
  return {
    native: `deal.${type === undefined ? status : (here[0] ?? status)}`,
    type: stageMove(before, type),
  };
}

/** A listed deal that is open, in a stage without a meaning: where it was won before, it is no longer. */
function listedOpen({ action, now, id, at }: Message, settings: PipedriveSettings): Normalized {
  const here = words(text(now['status']), text(now['stage_id']));
  if (action !== LISTED || !here.includes('open') || isIgnored(here, settings.stages)) return [];
  const seen = { id: recordName({ object: 'deal', id }), state: 'open' };
  return [{ seen, nativeType: 'deal.open', occurredAt: at }];
}

/** A deal's change of status or stage. Later edits of a won deal tell nothing: `previous` holds no status then. */
export function dealDrafts(message: Message, settings: PipedriveSettings): Normalized {
  const { now } = message;
  const { native, type } = moveOf(message, settings);
  if (type === undefined) return listedOpen(message, settings);
  const revenue = factMoney(type, now['value'], now['currency']);
  if (revenue === 'unreadable')
    return notUnderstood('a deal whose value or currency is unreadable');
  const at = changedAt(message);
  const person = personOf(now);
  return [
    factDraft({
      object: 'deal',
      id: message.id,
      type,
      nativeType: native.slice(0, 200),
      test: false,
      occurredAt: at ?? message.at,
      // The time of winning outlives edits and is the same through two webhooks; the event's id is the second best.
      ...compact({
        change: at ?? message.change,
        revenue,
        attribution: attributionOf(now, settings),
        customer: person === undefined ? undefined : { id: person },
        flags: person === undefined ? undefined : [NOT_LOOKED_UP],
      }),
    }),
  ];
}
