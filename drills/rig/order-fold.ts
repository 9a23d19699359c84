import {
  isReversal,
  refundScope,
  type EventType,
  type HistoryEntry,
} from '../../src/contract/index.js';
import { orderRef, toEvent, type EventDoc } from '../../src/ledger/documents.js';
import type { LedgerStore } from '../../src/ledger/store.js';
import { orderEvents, parentOf } from '../../src/ledger/timeline.js';
import { sampleEvent } from '../../src/testing/sample-event.js';

/** What happens to one purchase, in the order in which it truly happened. */
export const LIFE = [
  'CLICK',
  'SALE',
  'REBILL',
  'REFUND',
  'CHARGEBACK',
] as const satisfies readonly EventType[];
export type LifeType = (typeof LIFE)[number];

/** Minor units of USD; the refund takes back a part. */
export const AMOUNTS: Readonly<Record<LifeType, number | null>> = {
  CLICK: null,
  SALE: 4900,
  REBILL: 2900,
  REFUND: 1500,
  CHARGEBACK: 4900,
};

const ACCOUNT = 'acme';
const ORDER = 'ORD1';

/** The event as the ledger keeps it: ten minutes lie between one and the next. */
export function lifeEvent(type: LifeType): EventDoc {
  const at = new Date(Date.UTC(2026, 0, 10, 10, 10 * LIFE.indexOf(type)));
  const amount = AMOUNTS[type];
  const { id, ...rest } = sampleEvent({
    id: `e-${type.toLowerCase()}`,
    type,
    occurredAt: at.toISOString(),
    order: { id: ORDER },
    revenue: amount === null ? null : { amount, currency: 'USD' },
    plan: [{ target: 'p0', route: 'r', configVersion: 1 }],
  });
  return { ...rest, _id: id, refs: [orderRef(ACCOUNT, ORDER)], at };
}

/** A store that answers the reads of one order, in whatever order its documents came. */
export function storeOf(events: readonly EventDoc[]): LedgerStore {
  const cursor = (found: readonly unknown[]) => ({
    limit: () => ({ toArray: () => Promise.resolve([...found]) }),
  });
  const store = { events: { find: () => cursor(events) }, links: { find: () => cursor([]) } };
  return store as unknown as LedgerStore;
}

const entryOf = (event: EventDoc): HistoryEntry => ({
  event: toEvent(event),
  state: 'delivered',
  remoteIds: {},
});

/**
 * What the ledger makes of an order: its events as sorted, for each reversal what it takes back, and for a refund how much
 * is left. As text, to be compared.
 */
export async function foldOf(arrived: readonly EventDoc[]): Promise<string> {
  const order = await orderEvents(storeOf(arrived), arrived[0]?.refs ?? []);
  const entries = order.map(entryOf);
  const lines = order.map((event) => {
    if (!isReversal(event.type)) return { type: event.type };
    const parent = parentOf(event, order);
    const told = parent && refundScope(toEvent(event), entryOf(parent), entries);
    return { type: event.type, parent: parent?._id, takes: told };
  });
  return JSON.stringify(lines);
}
