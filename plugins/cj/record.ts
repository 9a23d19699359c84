import {
  compact,
  fromIso,
  identifier,
  money,
  notUnderstood,
  textAt,
  type EventDraft,
  type Json,
  type Money,
  type NativeEvent,
  type Normalized,
} from '#contract';
import type { CjSettings } from './settings.js';

/** One record of `publisherCommissions`. */
export type CjRecord = { readonly [name: string]: Json };

export const EVENTS: readonly NativeEvent[] = [
  { native: 'original sale', becomes: 'SALE', note: 'the first record of an action' },
  { native: 'original lead', becomes: 'LEAD', note: 'an actionType that holds “lead”' },
  {
    native: 'correction down',
    becomes: 'REFUND',
    note: 'a later record with a negative amount: returned, cancelled, reversed for a restatement',
  },
  {
    native: 'correction up',
    becomes: 'ADJUSTMENT',
    note: 'a later record with a positive amount: the second half of a restatement',
  },
];

const USD = 'USD';

/** The original record of an action; corrections name the action and not the record. */
const originalKey = (action: string): string => `action:${action}:original`;

const isNegative = (text: string | undefined): boolean => text?.startsWith('-') === true;

interface Reading {
  readonly id: string;
  readonly action: string;
  readonly sale: string | undefined;
  readonly commission: string | undefined;
  readonly revenue: Money | undefined;
  readonly payout: Money | undefined;
}

function readingOf(record: CjRecord): Reading | undefined {
  const id = identifier(textAt(record, 'commissionId'));
  const sale = textAt(record, 'saleAmountUsd');
  const commission = textAt(record, 'pubCommissionAmountUsd');
  const [revenue, payout] = [sale, commission].map((amount) => money(amount, USD));
  const unreadable =
    (sale !== undefined && !revenue) || (commission !== undefined && !payout) || !payout;
  if (id === undefined || unreadable) return undefined;
  const action = identifier(textAt(record, 'originalActionId')) ?? id;
  return { id, action, sale, commission, revenue, payout };
}

function isLead(record: CjRecord, { leadTypes }: CjSettings): boolean {
  const type = (textAt(record, 'actionType') ?? '').toLowerCase();
  return leadTypes ? leadTypes.some((one) => one.toLowerCase() === type) : type.includes('lead');
}

/** What every record of an action says alike. */
function common(record: CjRecord, { action }: Reading) {
  const order = identifier(textAt(record, 'orderId'));
  const hint = compact({
    clickId: identifier(textAt(record, 'shopperId')),
    coupon: identifier(textAt(record, 'coupon')),
    campaignId: identifier(textAt(record, 'advertiserId')),
    offerId: identifier(textAt(record, 'aid')),
    placement: identifier(textAt(record, 'websiteId')),
  });
  return {
    test: false,
    // The advertiser's own order number is unique inside of the advertiser only, so the action is the order.
    order: { id: action },
    ...compact({
      attribution: Object.keys(hint).length > 0 ? hint : undefined,
      flags: order === undefined ? ['order-id-missing'] : undefined,
    }),
  };
}

function original(record: CjRecord, reading: Reading, settings: CjSettings): EventDraft {
  const lead = isLead(record, settings);
  return {
    key: originalKey(reading.action),
    type: lead ? 'LEAD' : 'SALE',
    nativeType: lead ? 'original lead' : 'original sale',
    occurredAt: fromIso(textAt(record, 'eventDate')) ?? null,
    ...common(record, reading),
    ...compact({ revenue: lead ? undefined : reading.revenue, payout: reading.payout }),
  };
}

/** A later record of the action. Its amounts are the difference, so nothing has to be known of the records before. */
function correction(record: CjRecord, reading: Reading): EventDraft {
  const { id, action, sale, commission, revenue, payout } = reading;
  const down = isNegative(commission) || isNegative(sale);
  return {
    key: `correction:${id}`,
    type: down ? 'REFUND' : 'ADJUSTMENT',
    nativeType: down ? 'correction down' : 'correction up',
    // The event date stays that of the sale; the correction is made when it is posted.
    occurredAt: fromIso(textAt(record, 'postingDate')) ?? null,
    ...common(record, reading),
    ...compact({ revenue, payout }),
    ...(down ? { reversesKey: originalKey(action) } : { adjustsKey: originalKey(action) }),
  };
}

/** One commission record: CJ corrects by a new record with `original: false`, and restates by two. */
export function normalize(record: CjRecord, settings: CjSettings): Normalized {
  const { websites } = settings;
  const website = textAt(record, 'websiteId') ?? '';
  if (websites !== undefined && !websites.includes(website)) return [];
  const reading = readingOf(record);
  if (!reading) return notUnderstood('a record without a readable commissionId or amount');
  const isOriginal = record['original'];
  if (typeof isOriginal !== 'boolean')
    return notUnderstood('a record that does not say whether it is the original one');
  return [isOriginal ? original(record, reading, settings) : correction(record, reading)];
}
