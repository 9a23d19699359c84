import {
  compact,
  factDraft,
  fromIso,
  NOT_LOOKED_UP,
  stageType,
  toldOnce,
  type EventDraft,
  type EventType,
  type NativeEvent,
  type Normalized,
  type StageMap,
} from '#contract';
import type { KeapObject, KeapPayload } from './hook.js';
import type { KeapSettings } from './settings.js';

/** Keap's own words; which of them mean money is the user's business. */
export const DEFAULTS: StageMap = {
  'contact.add': 'LEAD',
  'invoice.payment.add': 'SALE',
  'order.delete': 'CANCELED',
  'invoice.delete': 'CANCELED',
};

export const EVENTS: readonly NativeEvent[] = [
  { native: 'contact.add', becomes: 'LEAD' },
  { native: 'invoice.payment.add', becomes: 'SALE' },
  { native: 'order.delete', becomes: 'CANCELED' },
  { native: 'invoice.delete', becomes: 'CANCELED' },
  {
    native: 'opportunity.stage_move',
    becomes: 'ignored',
    note: 'the hook does not say which stage; map it only where every move means the same',
  },
  { native: '*', becomes: 'ignored', note: 'unless the setting stages maps the event key' },
];

/** An object is added or deleted once; edits, moves and tags happen again, and their time tells them apart. */
const happensOnce = (eventKey: string): boolean => /\.(?:add|delete)$/.test(eventKey);

/** `invoice.payment.add` is about an `invoice.payment`. */
const objectOf = (eventKey: string): string =>
  eventKey.slice(0, Math.max(eventKey.lastIndexOf('.'), 0)) || eventKey;

interface Told {
  readonly eventKey: string;
  readonly object: string;
  readonly id: string;
  readonly contact: string | undefined;
  readonly timestamp: string | undefined;
}

/** A tag is told with the contacts it was put on: each is a record of its own. */
function toldBy(eventKey: string, { id, timestamp, contacts }: KeapObject): readonly Told[] {
  const object = objectOf(eventKey);
  const base = { eventKey, object, timestamp: timestamp ?? undefined };
  if (object !== 'contactGroup') {
    return [{ ...base, id, contact: object === 'contact' ? id : undefined }];
  }
  return contacts.map((contact) => ({ ...base, id: `${id}-${contact}`, contact }));
}

const draftOf = (told: Told, type: EventType): EventDraft =>
  factDraft({
    object: told.object,
    id: told.id,
    type,
    nativeType: told.eventKey.slice(0, 200),
    test: false,
    occurredAt: fromIso(told.timestamp) ?? null,
    flags: [NOT_LOOKED_UP],
    ...compact({
      change: happensOnce(told.eventKey) ? undefined : told.timestamp,
      customer: told.contact === undefined ? undefined : { id: told.contact },
    }),
  });

/** One draft per object of the hook; ids only, so each waits for a look-up. */
export function normalize({ eventKey, objects }: KeapPayload, settings: KeapSettings): Normalized {
  if (eventKey === null) return [];
  const drafts = objects.flatMap((object) => {
    const type = stageType([`${eventKey}:${object.id}`, eventKey], settings.stages, DEFAULTS);
    return type === undefined ? [] : toldBy(eventKey, object).map((told) => draftOf(told, type));
  });
  return toldOnce(drafts);
}
