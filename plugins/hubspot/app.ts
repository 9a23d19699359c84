import {
  compact,
  factDraft,
  fromEpochMs,
  identifier,
  isOrderLink,
  isRecord,
  listAt,
  NOT_LOOKED_UP,
  text,
  textAt,
  toldOnce,
  type EventDraft,
  type OrderLink,
} from '#contract';
import { typeOf } from './facts.js';
import type { HubSpotSettings } from './settings.js';

/** One element of an app webhook's batch. */
export type Element = Readonly<Record<string, unknown>>;

/** `objectTypeId` of the generic `object.*` subscriptions. */
const KINDS: Readonly<Record<string, string>> = { '0-1': 'contact', '0-3': 'deal' };

/** `deal.propertyChange`; older pages call the member `eventType`, generic ones say `object.` and a type id. */
function subscription(element: Element): { readonly object: string; readonly what: string } {
  const word = textAt(element, 'subscriptionType') ?? textAt(element, 'eventType') ?? '';
  const cut = word.indexOf('.');
  const [object, what] = [word.slice(0, Math.max(cut, 0)), word.slice(cut + 1)];
  const id = textAt(element, 'objectTypeId') ?? '';
  return { object: object === 'object' ? (KINDS[id] ?? `object-${id}`) : object, what };
}

function merged(element: Element): readonly OrderLink[] {
  const ids = [
    element['newObjectId'],
    element['primaryObjectId'],
    ...listAt(element, 'mergedObjectIds'),
  ];
  const link = [...new Set(ids.flatMap((id) => identifier(id) ?? []))].map((id) => `deal:${id}`);
  return link.length > 1 ? [{ link }] : [];
}

/** What happened: `dealstage:closedwon`, or the subscription itself. */
function wordOf(element: Element, object: string, what: string): readonly [string, string?] {
  if (what !== 'propertyChange') return [`${object}.${what}`];
  return [textAt(element, 'propertyName') ?? '', textAt(element, 'propertyValue') ?? ''];
}

function read(element: Element, settings: HubSpotSettings): readonly (EventDraft | OrderLink)[] {
  const { object, what } = subscription(element);
  if (object === 'deal' && what === 'merge') return merged(element);
  const [word, value] = wordOf(element, object, what);
  const type = typeOf(settings, word, value);
  const id = identifier(element['objectId']);
  if (type === undefined || id === undefined) return [];
  return [
    factDraft({
      object,
      id,
      type,
      nativeType: (value === undefined ? word : `${word}:${value}`).slice(0, 200),
      test: false,
      occurredAt: fromEpochMs(text(element['occurredAt'])) ?? null,
      flags: [NOT_LOOKED_UP],
      // The time HubSpot gives to the change; a retry repeats it, attemptNumber and eventId may differ.
      ...compact({ change: text(element['occurredAt']) }),
      ...(object === 'contact' ? { customer: { id } } : {}),
    }),
  ];
}

/** A batch of up to 100 changes, each by itself; ids only, so every draft waits for a look-up. */
export function appDrafts(
  batch: readonly Element[],
  settings: HubSpotSettings,
): readonly (EventDraft | OrderLink)[] {
  const all = batch.flatMap((element) => read(element, settings));
  const drafts = all.flatMap((one) => (isOrderLink(one) ? [] : [one]));
  return [...toldOnce(drafts), ...all.filter(isOrderLink)];
}

/** True for an array of objects. */
export const isBatch = (value: unknown): value is readonly Element[] =>
  Array.isArray(value) && value.length > 0 && value.every(isRecord);
