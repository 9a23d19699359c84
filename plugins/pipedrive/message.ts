import {
  fromIso,
  fromEpochSeconds,
  fromWallClock,
  identifier,
  isRecord,
  pick,
  textAt,
} from '#contract';

type Members = Readonly<Record<string, unknown>>;

/** One message of webhooks v1 or v2, told in the same words. */
export interface Message {
  /** `create`, `change`, `delete`; `merge` of v1; `listed` by us. */
  readonly action: string;
  /** `deal`, `person`, `lead`, … */
  readonly entity: string;
  readonly id: string;
  /** Names the change: the event's uuid in v2, time and attempt-free in v1. */
  readonly change: string | undefined;
  /** The record now; for a deletion its last state. */
  readonly now: Members;
  /** Members before: the changed ones in v2, all in v1. Undefined: there was no before. */
  readonly before: Members | undefined;
  readonly at: string | null;
}

/** Our own word for a deal from the backfill's list: it is so now, and nobody says what it was. */
export const LISTED = 'listed';

/** v1 says added, updated, deleted, merged. */
const ACTIONS: Readonly<Record<string, string>> = {
  added: 'create',
  updated: 'change',
  deleted: 'delete',
  merged: 'merge',
};

const members = (value: unknown): Members | undefined => (isRecord(value) ? value : undefined);

/** `update_time`: ISO in v2, UTC without an offset in v1. */
const moment = (value: string | undefined): string | undefined =>
  fromIso(value) ?? fromWallClock(value, 'UTC')?.at;

/** `meta.timestamp`: samples say ISO, a table says epoch seconds. */
const sent = (value: string | undefined): string | undefined =>
  fromIso(value) ?? fromEpochSeconds(value);

/** The time of this change as the record keeps it: own ones for won and lost, and the last edit. */
export function changedAt({ action, now }: Pick<Message, 'action' | 'now'>): string | undefined {
  const status = textAt(now, 'status') ?? '';
  const own = action !== 'delete' && /^(?:won|lost)$/.test(status);
  return (
    moment(own ? textAt(now, `${status}_time`) : undefined) ?? moment(textAt(now, 'update_time'))
  );
}

/** Where v1 and v2 keep the same things. */
const PLACES = {
  v1: { entity: 'meta.object', id: 'meta.id', now: 'current' },
  v2: { entity: 'meta.entity', id: 'meta.entity_id', now: 'data' },
} as const;

/** The message, or undefined when it is none of Pipedrive's. */
export function messageOf(payload: unknown): Message | undefined {
  const place = PLACES[textAt(payload, 'meta.object') === undefined ? 'v2' : 'v1'];
  const entity = textAt(payload, place.entity);
  const word = textAt(payload, 'meta.action');
  const id = identifier(textAt(payload, place.id));
  const before = members(pick(payload, 'previous'));
  const now = members(pick(payload, place.now)) ?? before;
  if (entity === undefined || word === undefined || id === undefined || !now) return undefined;
  const at = moment(textAt(now, 'update_time')) ?? sent(textAt(payload, 'meta.timestamp')) ?? null;
  const change = place === PLACES.v2 ? textAt(payload, 'meta.id') : (at ?? undefined);
  return { action: ACTIONS[word] ?? word, entity, id, change, now, before, at };
}
