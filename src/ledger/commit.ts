import { deliveryId } from '../platform/ids/ids.js';
import type {
  DeliveryDoc,
  DraftDoc,
  EventDoc,
  OrderLinkDoc,
  ReceiptDoc,
  TouchDoc,
} from './documents.js';
import { insertAll, UnstorableError } from './insert.js';
import { newRows, takeBack } from './group-rows.js';
import type { LedgerStore } from './store.js';

/** Everything one verified notification writes. Rows are born here, so the plan and the rows cannot differ. */
export interface CommitRequest<
  R extends ReceiptDoc | WrittenReceipt = ReceiptDoc | WrittenReceipt,
> {
  readonly receipt: R;
  readonly events: readonly EventDoc[];
  readonly rows: readonly DeliveryDoc[];
  readonly links: readonly OrderLinkDoc[];
  /** Clicks that came as events. */
  readonly touches?: readonly TouchDoc[];
  /** What is no event at once. */
  readonly drafts?: readonly DraftDoc[];
}

/** A receipt that an earlier request wrote; what it became is not this commit's to say. */
export type WrittenReceipt = Pick<ReceiptDoc, '_id' | 'state' | 'reason'> & {
  readonly written: true;
};

const isWritten = (receipt: CommitRequest['receipt']): receipt is WrittenReceipt =>
  'written' in receipt;

export interface CommitResult {
  readonly state: ReceiptDoc['state'];
  readonly receiptId: string;
  /** Ids of events that this request added to the ledger. */
  readonly recorded: readonly string[];
}

/** One flush: the answers of its requests, and the rows that are new, for whoever delivers them. */
export interface Flushed {
  readonly results: readonly (CommitResult | Error)[];
  readonly rows: readonly DeliveryDoc[];
  readonly events: ReadonlyMap<string, EventDoc>;
  /** Those of them that were not there before. */
  readonly newEvents: readonly EventDoc[];
  /** Drafts that this flush brought, for whoever turns them into events. */
  readonly drafts: readonly DraftDoc[];
}

interface Truth {
  readonly contentHash: string;
  readonly receiptId: string;
  readonly targets: ReadonlySet<string>;
}

const truthOf = (doc: Pick<EventDoc, 'contentHash' | 'receiptId' | 'plan'>): Truth => ({
  contentHash: doc.contentHash,
  receiptId: doc.receiptId,
  targets: new Set(doc.plan.map((planned) => planned.target)),
});

/** First document of each `_id`: two copies of one sale in the same group must not collide with themselves. */
function unique<T extends { _id: string }>(documents: readonly T[]): T[] {
  const seen = new Map<string, T>();
  for (const document of documents) if (!seen.has(document._id)) seen.set(document._id, document);
  return [...seen.values()];
}

/** What the ledger says about every event of the group, whoever wrote it. */
async function readTruth(
  store: LedgerStore,
  events: readonly EventDoc[],
  duplicates: ReadonlySet<number>,
): Promise<Map<string, Truth>> {
  const truth = new Map<string, Truth>();
  events.forEach((event, i) => {
    if (!duplicates.has(i)) truth.set(event._id, truthOf(event));
  });
  const known = events.filter((_event, i) => duplicates.has(i)).map((event) => event._id);
  if (known.length > 0) {
    const found = store.events.find(
      { _id: { $in: known } },
      { projection: { contentHash: 1, receiptId: 1, plan: 1 } },
    );
    for await (const doc of found) truth.set(doc._id, truthOf(doc));
  }
  return truth;
}

/** Drafts of this group that are not done, by the receipt that brought them; those that are done, too. */
interface Owners {
  readonly open: ReadonlyMap<string, string>;
  readonly done: ReadonlyMap<string, string>;
}

/** Whose the drafts of the group are: a repeat meets one that another receipt brought. */
async function readOwners(
  store: LedgerStore,
  drafts: readonly DraftDoc[],
  duplicates: ReadonlySet<number>,
): Promise<Owners> {
  const open = new Map<string, string>();
  const done = new Map<string, string>();
  drafts.forEach((draft, i) => {
    if (!duplicates.has(i)) open.set(draft._id, draft.receipt);
  });
  const known = drafts.filter((_draft, i) => duplicates.has(i)).map((draft) => draft._id);
  if (known.length > 0) {
    const found = store.drafts.find(
      { _id: { $in: known } },
      { projection: { receipt: 1, state: 1 } },
    );
    for await (const doc of found) (doc.state === 'done' ? done : open).set(doc._id, doc.receipt);
  }
  return { open, done };
}

function stateOf(
  request: CommitRequest,
  truth: ReadonlyMap<string, Truth>,
  { open, done }: Owners,
): ReceiptDoc['state'] {
  const { receipt, drafts = [] } = request;
  if (receipt.state === 'parked' || request.events.length + drafts.length === 0)
    return receipt.state;
  let fresh = drafts.some(({ _id }) => done.get(_id) === receipt._id);
  for (const event of request.events) {
    const stored = truth.get(event._id);
    if (stored && stored.contentHash !== event.contentHash) return 'conflict';
    if (stored?.receiptId === receipt._id) fresh = true;
  }
  if (drafts.some(({ _id }) => open.get(_id) === receipt._id)) return 'pending';
  return fresh ? 'recorded' : 'repeat';
}

async function markReceipts(
  store: LedgerStore,
  requests: readonly CommitRequest[],
  states: readonly ReceiptDoc['state'][],
): Promise<void> {
  const changed = (['recorded', 'repeat', 'conflict'] as const).map((state) => ({
    state,
    ids: requests
      .filter(({ receipt }, i) => states[i] === state && receipt.state !== state)
      .flatMap(({ receipt }) => (isWritten(receipt) ? [] : [receipt._id])),
  }));
  await Promise.all(
    changed
      .filter(({ ids }) => ids.length > 0)
      .map(({ state, ids }) =>
        store.receipts.updateMany({ _id: { $in: ids } }, { $set: { state } }),
      ),
  );
}

async function flushOnce(
  store: LedgerStore,
  requests: readonly CommitRequest[],
  again: boolean,
): Promise<Flushed> {
  const events = unique(requests.flatMap((request) => request.events));
  const rows = unique(requests.flatMap((request) => request.rows));
  const drafts = unique(requests.flatMap((request) => request.drafts ?? []));
  const [, insertedEvents, insertedRows, , insertedDrafts] = await Promise.all([
    insertAll(
      () => store.receipts,
      requests.flatMap(({ receipt }) => (isWritten(receipt) ? [] : [receipt])),
    ),
    insertAll(() => store.events, events),
    insertAll(() => store.deliveries, rows),
    insertAll(() => store.links, unique(requests.flatMap((request) => request.links))),
    insertAll(() => store.drafts, drafts),
    // First come, first kept: nobody can change a click by telling it again.
    insertAll(() => store.touches, unique(requests.flatMap((request) => request.touches ?? []))),
  ]);
  const truth = await readTruth(store, events, insertedEvents.duplicates);
  const owners = await readOwners(store, drafts, insertedDrafts.duplicates);
  const states = requests.map((request) => stateOf(request, truth, owners));
  const fresh = await newRows(store, rows, insertedRows.duplicates, again);
  const unwanted = fresh.filter((row) => !truth.get(row.event)?.targets.has(row.target));
  await markReceipts(store, requests, states);
  await takeBack(store, unwanted);
  return {
    results: resultsOf(requests, states, truth),
    rows: unwanted.length === 0 ? fresh : fresh.filter((row) => !unwanted.includes(row)),
    events: new Map(events.map((event) => [event._id, event])),
    newEvents: events.filter((_event, i) => !insertedEvents.duplicates.has(i)),
    drafts: drafts.filter((_draft, i) => !insertedDrafts.duplicates.has(i)),
  };
}

const resultsOf = (
  requests: readonly CommitRequest[],
  states: readonly ReceiptDoc['state'][],
  truth: ReadonlyMap<string, Truth>,
): readonly CommitResult[] =>
  requests.map(({ receipt, events }, i) => ({
    state: states[i] ?? 'recorded',
    receiptId: receipt._id,
    recorded: events
      .filter((event) => truth.get(event._id)?.receiptId === receipt._id)
      .map((event) => event._id),
  }));

/**
 * Three parallel unordered inserts (receipts, events, rows), majority and journal, no transaction. A document that cannot
 * be stored fails alone: the group is halved down to it, because such an error stored nothing of the group.
 */
export async function flushGroup(
  store: LedgerStore,
  requests: readonly CommitRequest[],
  again = false,
): Promise<Flushed> {
  try {
    return await flushOnce(store, requests, again);
  } catch (error) {
    if (!(error instanceof UnstorableError)) throw error;
    if (requests.length === 1)
      return { results: [error], rows: [], events: new Map(), newEvents: [], drafts: [] };
    const half = requests.length >> 1;
    const left = await flushGroup(store, requests.slice(0, half), true);
    const right = await flushGroup(store, requests.slice(half), true);
    return {
      results: [...left.results, ...right.results],
      rows: [...left.rows, ...right.rows],
      events: new Map([...left.events, ...right.events]),
      newEvents: [...left.newEvents, ...right.newEvents],
      drafts: [...left.drafts, ...right.drafts],
    };
  }
}

/** Ids of the rows that an event's plan asks for. */
export const plannedRowIds = (event: Pick<EventDoc, '_id' | 'plan'>): readonly string[] =>
  event.plan.map((planned) => deliveryId(event._id, planned.target));
