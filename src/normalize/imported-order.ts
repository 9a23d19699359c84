import {
  compact,
  currencyCode,
  fromIso,
  type EventDraft,
  type EventType,
  type RemoteIds,
} from '../contract/index.js';
import { isRecord, sized } from './draft-shape.js';

/** Types of events that a prior platform's orders may bring. */
export const IMPORTED_TYPES = [
  'SALE',
  'REBILL',
  'LEAD',
  'QUALIFIED_LEAD',
  'APPROVED_LEAD',
  'REFUND',
  'CHARGEBACK',
  'CANCELED',
] as const satisfies readonly EventType[];

/** Flag of every event that was imported. */
export const IMPORTED = 'imported';

/** An order of a prior platform, as one line tells it. */
export interface ImportedOrder {
  readonly draft: EventDraft;
  /** What targets called it there: by target id. */
  readonly remoteIds: ReadonlyMap<string, RemoteIds>;
}

export type ReadOrder =
  { readonly ok: true; readonly order: ImportedOrder } | { readonly ok: false; says: string };

type Members = Readonly<Record<string, unknown>>;

const MEMBERS: ReadonlySet<string> = new Set([
  ...['orderId', 'occurredAt', 'amount', 'currency', 'type', 'line', 'aliases', 'key'],
  ...['clickId', 'affiliateId', 'coupon', 'offerId', 'remoteIds'],
]);
const TEXTS = ['orderId', 'line', 'clickId', 'affiliateId', 'coupon', 'offerId'] as const;
const MAX_ALIASES = 16;
const MAX_REMOTE_IDS = 32;

const types: ReadonlySet<unknown> = new Set(IMPORTED_TYPES);
const names = (value: unknown, most: number): boolean =>
  Array.isArray(value) && value.length <= most && value.every((one) => sized(one, 256));

/** Texts by the plugin's own names, a list where the partner has several. */
const isRemoteIds = (value: unknown): boolean =>
  isRecord(value) &&
  Object.keys(value).length <= MAX_REMOTE_IDS &&
  Object.values(value).every((one) => sized(one, 256) || names(one, MAX_REMOTE_IDS));

/** What a member must be; each is asked only where it is there. */
const RULES: readonly (readonly [
  member: string,
  holds: (value: unknown) => boolean,
  rule: string,
])[] = [
  ...TEXTS.map(
    (name) =>
      [
        name,
        (value: unknown) => sized(value, 256),
        `${name} must be a text of 1 to 256 characters`,
      ] as const,
  ),
  ['type', (value) => types.has(value), `type must be one of ${IMPORTED_TYPES.join(', ')}`],
  ['aliases', (value) => names(value, MAX_ALIASES), `aliases must be at most ${MAX_ALIASES} texts`],
  ['key', (value) => sized(value, 512), 'key must be a text of 1 to 512 characters'],
  [
    'remoteIds',
    (value) => isRecord(value) && Object.values(value).every(isRemoteIds),
    'remoteIds must hold, by target, an object of texts or lists of texts',
  ],
];

function* faults(line: Members): Generator<string> {
  for (const name of Object.keys(line).slice(0, 50))
    if (!MEMBERS.has(name)) yield `${name.slice(0, 50)} is not a member of an order`;
  if (line['orderId'] === undefined) yield 'orderId is missing';
  const { occurredAt } = line;
  if (typeof occurredAt !== 'string' || fromIso(occurredAt) === undefined)
    yield 'occurredAt must be an ISO 8601 time with its zone, e.g. 2026-11-20T10:00:00Z';
  for (const [member, holds, rule] of RULES)
    if (line[member] !== undefined && !holds(line[member])) yield rule;
  yield* moneyFaults(line);
}

function* moneyFaults({ amount, currency }: Members): Generator<string> {
  if (amount === undefined && currency === undefined) return;
  if (!Number.isSafeInteger(amount) || Number(amount) < 0)
    yield 'amount must be a whole number of minor units, e.g. 4900 for $49.00';
  if (typeof currency !== 'string' || currencyCode(currency) !== currency)
    yield 'currency must be an ISO 4217 code, e.g. USD';
}

/** Reads one line. `says`: everything that is wrong with it. */
export function readImportedOrder(line: unknown): ReadOrder {
  if (!isRecord(line)) return { ok: false, says: 'the line is no JSON object' };
  const says = [...faults(line)].join('; ');
  return says === '' ? { ok: true, order: orderOf(line) } : { ok: false, says };
}

/** Of a line without faults. */
function orderOf(line: Members): ImportedOrder {
  const text = (name: string): string | undefined => line[name] as string | undefined;
  const type = (line['type'] ?? 'SALE') as EventType;
  const id = text('orderId') ?? '';
  const own = { line: text('line'), aliases: line['aliases'] as string[] | undefined };
  const hint = {
    ...{ clickId: text('clickId'), affiliateId: text('affiliateId') },
    ...{ coupon: text('coupon'), offerId: text('offerId') },
  };
  const amount = line['amount'] as number | undefined;
  const remoteIds = Object.entries((line['remoteIds'] ?? {}) as Record<string, RemoteIds>);
  return {
    draft: {
      // Without a key of the network's own: one fact of one order is imported once.
      key: text('key') ?? `import:${type}:${id}:${own.line ?? ''}`,
      type,
      nativeType: IMPORTED,
      test: false,
      occurredAt: fromIso(text('occurredAt')) ?? null,
      order: { id, ...compact(own) },
      attribution: compact(hint),
      ...(amount === undefined ? {} : { revenue: { amount, currency: text('currency') ?? '' } }),
      flags: [IMPORTED],
    },
    remoteIds: new Map(remoteIds),
  };
}
