import {
  currencyCode,
  EVENT_TYPES,
  isOrderLink,
  isRecordSeen,
  type EventDraft,
  type RecordSeen,
  type Told,
} from '../contract/index.js';
import type { Faults } from './fault.js';

const TYPES: ReadonlySet<unknown> = new Set(EVENT_TYPES);
const MAX_KEY = 512;

const MEMBERS: ReadonlySet<string> = new Set(
  'key type nativeType test occurredAt order attribution revenue payout customer consent flags reversesKey adjustsKey record'.split(
    ' ',
  ),
);

const isKey = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && value.length <= MAX_KEY;

function isoUtc(value: unknown): boolean {
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) return false;
  return new Date(value).toISOString() === value;
}

function moneyFaults(name: string, value: unknown, mayBeNegative: boolean): string[] {
  if (value === undefined) return [];
  const { amount, currency } = (value ?? {}) as { amount?: unknown; currency?: unknown };
  const faults: string[] = [];
  if (!Number.isSafeInteger(amount))
    faults.push(`${name}.amount ${String(amount)} is no integer of minor units`);
  else if ((amount as number) < 0 && !mayBeNegative)
    faults.push(`${name}.amount is negative: the type gives the sign`);
  if (typeof currency !== 'string' || currencyCode(currency) !== currency) {
    faults.push(`${name}.currency ${String(currency)} is no ISO 4217 code`);
  }
  return faults;
}

const ID_MEMBERS = [
  'clickId',
  'affiliateId',
  'coupon',
  'campaignId',
  'offerId',
  'placement',
  'affiliateClickId',
] as const;

/** Absent is fine, the empty text is not: a plugin leaves out what the network does not say. */
const noText = (name: string, value: unknown): string[] =>
  value === undefined || (typeof value === 'string' && value !== '') ? [] : [`${name} is no text`];

function orderFaults(order: EventDraft['order']): string[] {
  if (!order) return [];
  const { id, parentId, line, sequence, aliases = [] } = order;
  return [
    ...(id === undefined ? ['order.id is missing'] : noText('order.id', id)),
    ...noText('order.parentId', parentId),
    ...noText('order.line', line),
    ...aliases.flatMap((alias) => noText('order.aliases', alias)),
    ...(sequence === undefined || Number.isSafeInteger(sequence)
      ? []
      : ['order.sequence is no integer']),
  ];
}

function attributionFaults(hint: EventDraft['attribution']): string[] {
  if (!hint) return [];
  return [
    ...ID_MEMBERS.flatMap((name) => noText(`attribution.${name}`, hint[name])),
    ...Object.values(hint.utm ?? {}).flatMap((value) => noText('attribution.utm', value)),
    ...(hint.subIds ?? [])
      .filter((value) => typeof value !== 'string')
      .map(() => 'attribution.subIds holds something else than text'),
  ];
}

const flagFaults = (flags: EventDraft['flags'] = []): string[] =>
  flags
    .filter((flag) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(flag))
    .map((flag) => `flag "${flag}" is not kebab-case`);

function namingFaults(draft: EventDraft): string[] {
  const faults = Object.keys(draft)
    .filter((name) => !MEMBERS.has(name))
    .map((name) => `${name} is no member of a draft`);
  if (!isKey(draft.key)) faults.push(`key is no text of 1 to ${MAX_KEY} characters`);
  for (const name of ['reversesKey', 'adjustsKey'] as const) {
    if (draft[name] !== undefined && !isKey(draft[name])) faults.push(`${name} is no key`);
  }
  if (!TYPES.has(draft.type)) faults.push(`type ${String(draft.type)} is not on the list`);
  return [
    ...faults,
    ...(draft.nativeType === undefined
      ? ['nativeType is missing']
      : noText('nativeType', draft.nativeType)),
  ];
}

/** Every rule of the contract that one draft breaks. */
export function draftFaults(draft: EventDraft): Faults {
  const faults = namingFaults(draft);
  if (typeof draft.test !== 'boolean') faults.push('test is no boolean');
  if (draft.occurredAt !== null && !isoUtc(draft.occurredAt)) {
    faults.push(`occurredAt ${String(draft.occurredAt)} is no ISO 8601 UTC time with milliseconds`);
  }
  const signed = draft.type === 'ADJUSTMENT';
  return [
    ...faults,
    ...moneyFaults('revenue', draft.revenue, signed),
    ...moneyFaults('payout', draft.payout, signed),
    ...orderFaults(draft.order),
    ...attributionFaults(draft.attribution),
    ...flagFaults(draft.flags),
  ].map((fault) => `draft ${String(draft.key)}: ${fault}`);
}

function seenFaults({ seen, nativeType, occurredAt }: RecordSeen): Faults {
  const named = [seen.id, seen.state, nativeType].every(
    (one) => typeof one === 'string' && one !== '',
  );
  const timed = occurredAt === null || isoUtc(occurredAt);
  return named && timed ? [] : ['a record that was seen has id, state, nativeType and occurredAt'];
}

/** The same for a whole list, and no key twice. */
export function draftListFaults(drafts: readonly Told[]): Faults {
  const seen = new Set<string>();
  return drafts.flatMap((draft) => {
    if (isOrderLink(draft)) {
      const fine =
        draft.link.length >= 2 &&
        draft.link.every((name) => typeof name === 'string' && name !== '');
      return fine ? [] : ['a link ties two or more texts'];
    }
    if (isRecordSeen(draft)) return seenFaults(draft);
    const twice = seen.has(draft.key) ? [`key ${draft.key} stands twice in one notification`] : [];
    seen.add(draft.key);
    return [...twice, ...draftFaults(draft)];
  });
}
