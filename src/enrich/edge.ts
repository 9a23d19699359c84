import { hash } from 'node:crypto';
import {
  isRecordSeen,
  type EventDraft,
  type EventType,
  type OrderHint,
  type RecordSeen,
} from '../contract/index.js';

/** A sale of a record that nothing has taken back. */
export interface OpenSale {
  readonly key: string;
  readonly test: boolean;
  readonly order?: OrderHint;
}

/** What is remembered of a record. */
export interface Kept {
  readonly state: string;
  /** When the network says that it came there, ISO; null: it does not say. */
  readonly at: string | null;
  /** Key of the draft that said so; null when the state was only seen. */
  readonly key: string | null;
  readonly type: EventType | null;
  readonly sale: OpenSale | null;
  /** Sales told so far. */
  readonly sales: number;
  /** The key that the network's word gave to the last sale, before it was told from an earlier one. */
  readonly soldAs: string | null;
  /** Refunds and chargebacks that were told before any sale. */
  readonly ahead: number;
}

/** What becomes of one change: the events, or why there is none; and what is remembered. */
export interface Decision {
  readonly kept: Kept;
  readonly drafts: readonly EventDraft[];
  readonly why?: string;
}

const NEW: Kept = {
  state: '',
  at: null,
  key: null,
  type: null,
  sale: null,
  sales: 0,
  soldAs: null,
  ahead: 0,
};

const MAX_KEY = 512;

/** A key made from another one; long ones are hashed, so that none outgrows its limit. */
const derivedKey = (key: string, suffix: string): string =>
  key.length + suffix.length <= MAX_KEY ? key + suffix : hash('sha256', key) + suffix;

const SAME = 'the record was in this state already';
const NO_SALE = 'there is no sale to take back';
const OLD = 'a later state of the record is known';
const SEEN = 'a state that is no event';

const MONEY_BACK: ReadonlySet<unknown> = new Set(['REFUND', 'CHARGEBACK']);
const LEADS: ReadonlySet<unknown> = new Set(['LEAD', 'QUALIFIED_LEAD', 'APPROVED_LEAD']);

/** What a sale is called: a second sale of the same record whose key names no change needs a name of its own. */
const saleKey = (draft: EventDraft, { sales, soldAs }: Kept): string =>
  soldAs === draft.key ? derivedKey(draft.key, `:${sales + 1}`) : draft.key;

function sold(draft: EventDraft, kept: Kept): { draft: EventDraft; sale: OpenSale } {
  const key = saleKey(draft, kept);
  const { test, order } = draft;
  return { draft: { ...draft, key }, sale: { key, test, ...(order ? { order } : {}) } };
}

const cancelKey = (sale: OpenSale): string => derivedKey(sale.key, ':CANCELED');

/** The cancellation that a change means by itself: a sold record is a lead again, or open. */
function cancelOf(told: EventDraft | RecordSeen, sale: OpenSale): EventDraft {
  const base = isRecordSeen(told)
    ? {
        nativeType: told.nativeType,
        occurredAt: told.occurredAt,
        test: sale.test,
        record: told.seen,
        ...(sale.order ? { order: sale.order } : {}),
      }
    : withoutMoney(told);
  return { ...base, type: 'CANCELED', key: cancelKey(sale), reversesKey: sale.key };
}

function withoutMoney({ revenue: _revenue, payout: _payout, ...rest }: EventDraft): EventDraft {
  return rest;
}

/** A change that is not older than what is known. */
function forward(told: EventDraft | RecordSeen, kept: Kept, next: Kept): Decision {
  if (next.state === kept.state) return { kept: next, drafts: [], why: SAME };
  const { sale } = kept;
  const free = { ...next, sale: null };
  if (isRecordSeen(told))
    return sale
      ? { kept: free, drafts: [cancelOf(told, sale)] }
      : { kept: next, drafts: [], why: SEEN };
  if (told.type === 'SALE') {
    const one = sold(told, kept);
    const kept2 = { ...next, sale: one.sale, sales: kept.sales + 1, soldAs: told.key };
    return { kept: kept2, drafts: [one.draft] };
  }
  if (told.type !== 'CANCELED' && !MONEY_BACK.has(told.type))
    return sale ? { kept: free, drafts: [cancelOf(told, sale)] } : { kept: next, drafts: [told] };
  if (sale) return { kept: free, drafts: [{ reversesKey: sale.key, ...told }] };
  // What was sold here is taken back already; a refund of what was sold before anybody told us is news.
  if (told.type === 'CANCELED' || kept.sales > 0) return { kept: next, drafts: [], why: NO_SALE };
  return { kept: { ...next, ahead: kept.ahead + 1 }, drafts: [told] };
}

/** A sale that comes after what followed it: told together with what took it back, so that the books are whole. */
function lateSale(told: EventDraft, kept: Kept): Decision {
  const one = sold(told, kept);
  const later = { ...kept, sales: kept.sales + 1, soldAs: told.key };
  if (kept.ahead > 0) return { kept: { ...later, ahead: kept.ahead - 1 }, drafts: [one.draft] };
  if (kept.sales > 0) return { kept, drafts: [], why: OLD };
  const back: EventDraft = {
    ...withoutMoney(one.draft),
    type: 'CANCELED',
    key: kept.type === 'CANCELED' && kept.key !== null ? kept.key : cancelKey(one.sale),
    occurredAt: kept.at,
    reversesKey: one.sale.key,
    record: { id: told.record?.id ?? '', state: kept.state },
  };
  return { kept: later, drafts: [one.draft, back] };
}

/** A change that is older than what is known: it never changes where the record stands. */
function late(told: EventDraft | RecordSeen, kept: Kept): Decision {
  const nothing = { kept, drafts: [], why: OLD };
  if (isRecordSeen(told)) return nothing;
  if (LEADS.has(told.type)) return { kept, drafts: [told] };
  if (told.type === 'SALE') return lateSale(told, kept);
  return MONEY_BACK.has(told.type) && kept.sales === 0
    ? { kept: { ...kept, ahead: kept.ahead + 1 }, drafts: [told] }
    : nothing;
}

const stateOf = (told: EventDraft | RecordSeen): string =>
  isRecordSeen(told) ? told.seen.state : (told.record?.state ?? told.type);

/**
 * What a change of a record means beside what is known of it: a re-save is nothing, a sold record that is a lead again is
 * CANCELED, CANCELED without a sale is nothing. In whatever order the changes of a record arrive, the sales that are not
 * taken back are in the end the same. Times are compared only where the network gave both. Pure.
 */
export function decide(known: Kept | undefined, told: EventDraft | RecordSeen): Decision {
  const kept = known ?? NEW;
  const { occurredAt } = told;
  if (kept.at !== null && occurredAt !== null && occurredAt < kept.at) return late(told, kept);
  return forward(told, kept, {
    ...kept,
    state: stateOf(told),
    at: occurredAt ?? kept.at,
    key: isRecordSeen(told) ? null : told.key,
    type: isRecordSeen(told) ? null : told.type,
  });
}
