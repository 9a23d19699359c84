import { compact } from './compact.js';
import { safeEqual } from './crypto.js';
import type { AttributionHint, EventDraft } from './draft.js';
import type { EventType, Money } from './event.js';
import type { Notification, RejectionReason } from './notification.js';
import { money } from './money.js';
import { identifier, isRecord, text } from './read.js';
import { Structured } from './settings.js';

/** What CRM sources share: stages of a record become event types by a map that the user sets. */

/** Types that a stage or status of a CRM record may become. */
export const STAGE_TYPES = [
  'LEAD',
  'QUALIFIED_LEAD',
  'APPROVED_LEAD',
  'REJECTED_LEAD',
  'SALE',
  'REFUND',
  'CHARGEBACK',
  'CANCELED',
] as const satisfies readonly EventType[];

export type StageType = (typeof STAGE_TYPES)[number];

/** Stage or status (id or name) → event type, or `ignore`. */
export type StageMap = Readonly<Record<string, StageType | 'ignore'>>;

const WORDS: readonly unknown[] = [...STAGE_TYPES, 'ignore'];
const MAX_STAGES = 500;

function stageFaults(value: unknown): readonly string[] {
  if (!isRecord(value)) return ['must be a map from stage to event type'];
  const entries = Object.entries(value);
  if (entries.length > MAX_STAGES) return [`must have at most ${MAX_STAGES} stages`];
  return entries.flatMap(([stage, type]) =>
    WORDS.includes(type) ? [] : [`["${stage}"] must be one of ${WORDS.join(', ')}`],
  );
}

/** The setting `stages`, laid over the plugin's defaults. `example` shows the words of this CRM. */
export const Stages = (options: { readonly hint: string; readonly example: StageMap }) =>
  Structured({
    label: 'Stages',
    optional: true,
    ...options,
    faults: stageFaults,
    schema: { type: 'object', additionalProperties: { enum: [...WORDS] } },
  });

const plain = (name: string): string => name.trim().toLowerCase();

function search(map: StageMap, wanted: string): StageType | 'ignore' | undefined {
  if (Object.hasOwn(map, wanted)) return map[wanted];
  return Object.entries(map).find(([name]) => plain(name) === wanted)?.[1];
}

/**
 * What a stage becomes: the first of its names (id, label, `object:id` …; case and outer blanks do not matter) that
 * the user's map or else the defaults know. `undefined`: not mapped, or mapped to `ignore`.
 */
export function stageType(
  names: readonly (string | undefined)[],
  stages: StageMap | undefined,
  defaults: StageMap,
): StageType | undefined {
  const wanted = names.flatMap((name) => (name === undefined ? [] : [plain(name)]));
  for (const map of [stages ?? {}, defaults]) {
    const found = wanted.map((name) => search(map, name)).find((type) => type !== undefined);
    if (found !== undefined) return found === 'ignore' ? undefined : found;
  }
  return undefined;
}

/** True where the user's map says that a stage means nothing: it is then no sign that a sold record is open again. */
export function isIgnored(
  names: readonly (string | undefined)[],
  stages: StageMap | undefined,
): boolean {
  return names.some((name) => name !== undefined && search(stages ?? {}, plain(name)) === 'ignore');
}

const PAID: ReadonlySet<unknown> = new Set(['SALE']);
const TAKEN_BACK: ReadonlySet<unknown> = new Set(['REFUND', 'CHARGEBACK', 'CANCELED']);

/**
 * What a change from one stage to the next says, where the CRM tells both: nothing between two stages of one meaning;
 * CANCELED when a sold record leaves its stage for one that takes nothing back by itself; otherwise the new stage.
 */
export function stageMove(
  before: StageType | undefined,
  now: StageType | undefined,
): StageType | undefined {
  if (before === now) return undefined;
  return PAID.has(before) && !TAKEN_BACK.has(now) ? 'CANCELED' : now;
}

/** Facts that a record can tell only once, however often it comes back to the stage. */
const ONCE: ReadonlySet<EventType> = new Set([
  'LEAD',
  'QUALIFIED_LEAD',
  'APPROVED_LEAD',
  'REJECTED_LEAD',
]);

/** One change of one record. */
export interface RecordFact extends Pick<
  EventDraft,
  'attribution' | 'customer' | 'flags' | 'occurredAt' | 'revenue' | 'test'
> {
  /** The CRM's kind of record in one lower-case word, e.g. `deal`. */
  readonly object: string;
  readonly id: string;
  readonly type: EventType;
  readonly nativeType: string;
  /**
   * What tells this change from the next one of the same record and stays the same when it is told again or the record
   * is saved again: the time of the change, an id of the change. Leave it out where the CRM has none.
   */
  readonly change?: string | undefined;
}

/** `deal:7`. The parts are cut so that no key outgrows its 512 characters. */
export const recordName = ({ object, id }: Pick<RecordFact, 'object' | 'id'>): string =>
  `${object.slice(0, 60)}:${id.slice(0, 256)}`;

/** The key of a fact: lead facts once per record, others once per change. */
export const factKey = (fact: Pick<RecordFact, 'object' | 'id' | 'type' | 'change'>): string => {
  const { type, change } = fact;
  const once = change === undefined || ONCE.has(type);
  return [recordName(fact), type, ...(once ? [] : [change.slice(0, 150)])].join(':');
};

/**
 * The draft of a fact. `order` and `record` carry the kind of record, since a deal and a contact may share a number.
 * `record.state` is the meaning and not the CRM's stage, so a move between two stages of one meaning is a re-save.
 */
export function factDraft(fact: RecordFact): EventDraft {
  const { object: _object, id: _id, change: _change, ...draft } = fact;
  const name = recordName(fact);
  return {
    key: factKey(fact),
    ...draft,
    order: { id: name },
    record: { id: name, state: fact.type },
  };
}

/** For facts that are told once and move through no states, such as a booking or a form. */
export function withoutRecord(draft: EventDraft): EventDraft {
  const { record: _record, ...rest } = draft;
  return rest;
}

/** One notification may hold the same fact twice: the first telling of each key, in order. */
export function toldOnce(drafts: readonly EventDraft[]): readonly EventDraft[] {
  const told = new Set<string>();
  return drafts.filter(({ key }) => !told.has(key) && told.add(key));
}

/** Names tried where the user names no field for the click id or the affiliate. */
export const CLICK_FIELDS = ['click_id', 'clickid', 'affiliate_click_id', 'aff_click_id'] as const;
export const AFFILIATE_FIELDS = ['affiliate_id', 'affiliateid', 'aff_id'] as const;

/** Click id and affiliate from the first named field that holds one; `read` gives a field of the record by name. */
export function namedAttribution(
  read: (name: string) => unknown,
  names: { readonly clickIdFrom?: readonly string[]; readonly affiliateIdFrom?: readonly string[] },
): AttributionHint | undefined {
  const first = (list: readonly string[]): string | undefined =>
    list.map((name) => identifier(read(name))).find((id) => id !== undefined);
  const hint = compact({
    clickId: first(names.clickIdFrom ?? CLICK_FIELDS),
    affiliateId: first(names.affiliateIdFrom ?? AFFILIATE_FIELDS),
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
}

/** Types that move money. A lead's deal value is a hope, a cancellation's says nothing about money given back. */
const MONEY: ReadonlySet<EventType> = new Set(['SALE', 'REFUND', 'CHARGEBACK']);

/**
 * The money of a fact: undefined for types that move none and for records that name no amount, `unreadable` when the
 * amount is no decimal number or no currency is known for it.
 */
export function factMoney(
  type: EventType,
  amount: unknown,
  currency: unknown,
): Money | 'unreadable' | undefined {
  const digits = text(amount);
  if (digits === undefined || !MONEY.has(type)) return undefined;
  return money(digits, text(currency)) ?? 'unreadable';
}

/** Options of a `@Secret` that stands last in the URL: at least 128 bits in URL-safe characters. */
export const PATH_TOKEN = {
  label: 'Path token',
  hint: 'Random text of at least 22 letters, digits, _ or -; the last part of the URL.',
  minLength: 22,
  maxLength: 200,
  pattern: /^[A-Za-z0-9_-]+$/,
  patternRule: 'must hold letters, digits, _ and - only',
};

/** The secret last part of the URL, compared in constant time. */
export const pathTokenFault = (
  { pathToken }: Notification,
  expected: string,
): RejectionReason | undefined => (safeEqual(pathToken, expected) ? undefined : 'bad-token');

/** Options of the settings `clickIdFrom`, `affiliateIdFrom` (lists of field names) and `currency`. */
export const CLICK_ID_FROM = {
  label: 'Fields that hold the click id',
  hint: 'Names or ids of fields, in order of preference.',
  optional: true,
  example: ['click_id'],
};
export const AFFILIATE_ID_FROM = { ...CLICK_ID_FROM, label: 'Fields that hold the affiliate' };
export const CURRENCY = {
  label: 'Currency',
  hint: 'ISO 4217 code of amounts that name no currency.',
  optional: true,
  example: 'USD',
  pattern: /^[A-Z]{3}$/,
  patternRule: 'must be an ISO 4217 code in capitals such as USD',
};
