import { decimal, type CanonicalEvent, type Money } from '../../../contract/index.js';
import type { LedgerDelivery } from '../ledger-reader.js';
import type { Partners, TargetId } from '../partners/partners.js';
import { commissionOf, type Conversion } from '../partners/tapfiliate-books.js';
import type { TrackerRecord } from '../partners/tracker.js';
import type { TuneConversion } from '../partners/tune.js';
import type { Played } from '../played.js';
import { moneyText } from '../tell/words.js';
import type { Comparison } from './check.js';
import { expectedAt, type Expected, type Standing } from './standing.js';

const labelOf = ({ type, order, id }: CanonicalEvent): string => `${type} ${order?.id ?? id}`;

/** Pairs each expected entry with the partner's records of it, and names records that nobody expects. */
function matched<E, R>(
  expected: readonly E[],
  records: readonly R[],
  parts: {
    readonly belong: (entry: E, record: R) => boolean;
    readonly label: (entry: E) => string;
    readonly recordLabel: (record: R) => string;
    readonly compare: (entry: E, record: R) => readonly string[];
  },
): string[] {
  const used = new Set<R>();
  const faults = expected.flatMap((entry) => {
    const mine = records.filter((record) => parts.belong(entry, record));
    for (const record of mine) used.add(record);
    const [record] = mine;
    if (!record) return [`${parts.label(entry)} is delivered, but the partner has no record of it`];
    if (mine.length > 1) return [`${parts.label(entry)} is there ${mine.length} times`];
    return parts.compare(entry, record).map((fault) => `${parts.label(entry)}: ${fault}`);
  });
  const strangers = records.filter((record) => !used.has(record));
  return [
    ...faults,
    ...strangers.map((record) => `${parts.recordLabel(record)} is there, but was not delivered`),
  ];
}

/** `part × left / whole`, rounded half up, in integers. */
const share = (part: number, left: number, whole: number): number =>
  Math.floor((2 * part * left + whole) / (2 * whole));

function commissionFaults({ worth, back, gone, restored }: Standing, record: Conversion): string[] {
  const currency = record.amount.currency;
  const earned = commissionOf({ amount: worth, currency }).amount;
  const left = back > 0 && !gone ? share(earned, worth - back, worth) : earned;
  const wanted = gone ? 'disapproved' : restored ? 'approved' : 'not disapproved';
  return record.commissions.flatMap(({ id, amount, approved }) => {
    const agrees = gone ? approved === false : restored ? approved === true : approved !== false;
    return [
      ...(agrees ? [] : [`commission ${id} should be ${wanted}`]),
      ...(gone || amount.amount === left
        ? []
        : [
            `commission ${id} is ${moneyText(amount)}, not ${moneyText({ amount: left, currency })}`,
          ]),
    ];
  });
}

function compareTapfiliate({ standings }: Expected, books: readonly Conversion[]): Comparison {
  const differences = matched(standings, books, {
    belong: ({ event }, record) =>
      record.eventId === null
        ? record.externalId === event.order?.id && event.type === 'SALE'
        : record.eventId === event.id,
    label: ({ event }) => labelOf(event),
    recordLabel: ({ id, externalId }) => `conversion ${id} (${externalId})`,
    compare: (standing, record) => {
      const { revenue } = standing.event;
      const wanted: Money = revenue ?? { amount: 0, currency: record.amount.currency };
      const same =
        record.amount.amount === wanted.amount && record.amount.currency === wanted.currency;
      const amount = same
        ? []
        : [
            `conversion ${record.id} is ${moneyText(record.amount)}, the ledger says ${moneyText(wanted)}`,
          ];
      return [...amount, ...commissionFaults(standing, record)];
    },
  });
  return { between: 'ledger and tap (Tapfiliate)', compared: standings.length, differences };
}

/** The name under which TUNE gets an event (README of the plugin, `adv_unique1`). */
function tuneName({ type, order, id }: CanonicalEvent): string {
  if (!order) return id;
  const line = order.line === null ? '' : `:${order.line}`;
  if (type === 'SALE') return `${order.id}${line}`;
  const word = type === 'REBILL' ? `REBILL:${order.sequence ?? id}` : type;
  return `${order.id}:${word}${line}`;
}

function compareTune({ standings }: Expected, books: readonly TuneConversion[]): Comparison {
  const differences = matched(standings, books, {
    belong: ({ event }, record) => record.order === tuneName(event),
    label: ({ event }) => labelOf(event),
    recordLabel: ({ eventId, order }) => `conversion ${eventId} (${order})`,
    compare: ({ event, worth, back, gone }, record) => {
      const left = gone ? worth : worth - back;
      const currency = event.revenue?.currency ?? 'USD';
      const amount = decimal({ amount: left, currency });
      const status = gone ? 'rejected' : 'approved';
      return [
        ...(record.amount === amount ? [] : [`amount is ${record.amount}, should be ${amount}`]),
        ...(record.status === status ? [] : [`status is ${record.status}, should be ${status}`]),
      ];
    },
  });
  return { between: 'ledger and tune (TUNE)', compared: standings.length, differences };
}

function compareTracker({ told }: Expected, books: readonly TrackerRecord[]): Comparison {
  const differences = matched(told, books, {
    belong: (event, record) => record.eventId === event.id,
    label: labelOf,
    recordLabel: ({ eventId, type, order }) => `${type} ${order} (${eventId})`,
    compare: ({ type, revenue }, record) => {
      const amount = revenue ? decimal(revenue) : '';
      const currency = revenue?.currency ?? '';
      return [
        ...(record.type === type ? [] : [`it has the type ${record.type}`]),
        ...(record.amount === amount ? [] : [`amount is ${record.amount}, should be ${amount}`]),
        ...(record.currency === currency ? [] : [`currency is ${record.currency}`]),
      ];
    },
  });
  return { between: 'ledger and tracker (postback)', compared: told.length, differences };
}

/** Every partner's own books against what the ledger says was delivered to it. */
export function comparePartners(
  played: readonly Played[],
  events: readonly CanonicalEvent[],
  deliveries: readonly LedgerDelivery[],
  { tap, tune, tracker }: Partners,
): Comparison[] {
  const at = (target: TargetId): Expected => expectedAt(target, played, events, deliveries);
  return [
    compareTapfiliate(at('tap'), tap.books.conversions),
    compareTune(at('tune'), tune.books),
    compareTracker(at('tracker'), tracker.books),
  ];
}
