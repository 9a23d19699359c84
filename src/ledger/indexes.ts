import type { Db } from '../platform/mongo/mongo-store.js';

interface IndexSpec {
  readonly collection: string;
  readonly name: string;
  readonly key: Readonly<Record<string, 1 | -1>>;
  readonly partial?: Readonly<Record<string, unknown>>;
  readonly unique?: true;
}

/** Every index beside `_id`. Partial wherever the rows of interest are few, so that growth does not slow the hot path. */
export const INDEXES: readonly IndexSpec[] = [
  {
    collection: 'receipts',
    name: 'odd',
    key: { state: 1, _id: 1 },
    partial: { state: { $in: ['parked', 'repeat', 'conflict'] } },
  },
  {
    collection: 'receipts',
    name: 'again',
    key: { eventIds: 1 },
    partial: { state: { $in: ['repeat', 'conflict'] } },
  },
  { collection: 'events', name: 'refs', key: { refs: 1 }, partial: { refs: { $exists: true } } },
  {
    collection: 'events',
    name: 'click',
    key: { 'attribution.clickId': 1 },
    partial: { 'attribution.clickId': { $gt: '' } },
  },
  { collection: 'events', name: 'arrival', key: { at: 1 } },
  {
    collection: 'deliveries',
    name: 'wake',
    key: { target: 1, wakeAt: 1, _id: 1 },
    partial: { wakeAt: { $exists: true } },
  },
  {
    collection: 'deliveries',
    name: 'trouble',
    key: { state: 1, target: 1, at: 1 },
    partial: {
      state: { $in: ['refused', 'dead', 'skipped', 'cancelled', 'uncertain', 'retry', 'held'] },
    },
  },
  { collection: 'deliveries', name: 'arrival', key: { at: 1 } },
  {
    collection: 'deliveries',
    name: 'replays',
    key: { replayOf: 1 },
    partial: { replayOf: { $exists: true } },
  },
  { collection: 'order_links', name: 'refs', key: { refs: 1 } },
  {
    collection: 'audit',
    name: 'fact',
    key: { fact: 1 },
    partial: { fact: { $exists: true } },
    unique: true,
  },
  { collection: 'config_objects', name: 'states', key: { section: 1, id: 1, at: -1 } },
  {
    collection: 'config_versions',
    name: 'unaudited',
    key: { audited: 1 },
    partial: { changes: { $exists: true }, audited: false },
  },
  {
    collection: 'events',
    name: 'path',
    key: { 'attribution.path.clickId': 1 },
    partial: { 'attribution.path.clickId': { $exists: true } },
  },
  {
    collection: 'events',
    name: 'pending',
    key: { 'attribution.how': 1, at: 1 },
    partial: { 'attribution.how': 'pending' },
  },
  { collection: 'touches', name: 'visitor', key: { visitor: 1, at: 1 } },
  {
    collection: 'touches',
    name: 'expiry',
    key: { expireAt: 1 },
    partial: { expireAt: { $exists: true } },
  },
  {
    collection: 'touches',
    name: 'tell',
    key: { tell: 1, at: 1 },
    partial: { tell: { $exists: true } },
  },
  { collection: 'touches', name: 'fresh', key: { fresh: 1 }, partial: { fresh: true } },
  {
    collection: 'drafts',
    name: 'wake',
    key: { account: 1, wakeAt: 1 },
    partial: { wakeAt: { $exists: true } },
  },
  {
    collection: 'drafts',
    name: 'turn',
    key: { record: 1, at: 1, _id: 1 },
    partial: { wakeAt: { $exists: true } },
  },
  {
    collection: 'drafts',
    name: 'age',
    key: { since: 1 },
    partial: { wakeAt: { $exists: true } },
  },
  { collection: 'drafts', name: 'receipt', key: { receipt: 1 } },
  {
    collection: 'replays',
    name: 'running',
    key: { leaseUntil: 1 },
    partial: { state: 'running' },
  },
];

/** MongoDB's word for a collection that was never written to. */
const NO_COLLECTION = 26;

const nameOf = ({ collection, name }: IndexSpec): string => `${collection}.${name}`;

/** The indexes of each collection, in their order. */
const byCollection = (indexes: readonly IndexSpec[]): Map<string, IndexSpec[]> =>
  Map.groupBy(indexes, ({ collection }) => collection);

/**
 * Creates the indexes named (`collection.name`), by default all: those of a collection together, so that it is read once.
 * Idempotent; several processes may do it at once. `made` is told the name of each once it is there.
 */
export async function createIndexes(
  db: Db,
  wanted: ReadonlySet<string> = new Set(INDEXES.map(nameOf)),
  made: (names: readonly string[]) => Promise<void> | void = () => undefined,
): Promise<void> {
  const groups = byCollection(INDEXES.filter((one) => wanted.has(nameOf(one))));
  const create = async ([collection, indexes]: [string, IndexSpec[]]): Promise<void> => {
    await db.collection(collection).createIndexes(
      indexes.map(({ name, key, partial, unique }) => ({
        name,
        key: { ...key },
        ...(unique ? { unique } : {}),
        ...(partial ? { partialFilterExpression: partial } : {}),
      })),
    );
    await made(indexes.map(nameOf));
  };
  // Side by side: on a new database waiting for the disk is all there is to it. MongoDB builds three at a time at most.
  const all = await Promise.allSettled([...groups].map(create));
  for (const one of all) if (one.status === 'rejected') throw one.reason;
}

/** Names of one collection's indexes that are missing, or are not unique although they must be. */
async function missingIn(
  db: Db,
  collection: string,
  indexes: readonly IndexSpec[],
): Promise<string[]> {
  const found = await db
    .collection(collection)
    .listIndexes()
    .toArray()
    .catch((error: unknown) => {
      if ((error as { code?: unknown }).code === NO_COLLECTION) return [];
      throw error;
    });
  const unique = new Map(
    found.map((index) => [String(index['name']), index['unique'] === true] as const),
  );
  const isMissing = (index: IndexSpec): boolean => {
    const there = unique.get(index.name);
    return there === undefined || (index.unique === true && !there);
  };
  return indexes.filter(isMissing).map(nameOf);
}

/** Names of the indexes that are missing; readiness refuses until there are none. */
export async function missingIndexes(db: Db): Promise<readonly string[]> {
  const groups = [...byCollection(INDEXES)];
  return (await Promise.all(groups.map(([name, indexes]) => missingIn(db, name, indexes)))).flat();
}
