import { randomId } from '../ids/ids.js';
import type { Db } from './mongo-store.js';

/** A lock whose owner says nothing for so long (milliseconds) belongs to whoever asks next. */
const LEASE_MS = 30_000;
const POLL_MS = 500;
const DUPLICATE_KEY = 11_000;

interface LockDoc {
  _id: string;
  owner: string;
  until: Date;
  /** Who holds it, for a person. */
  holder?: string;
}

/** Another process holds the lock, or has taken it over because this one was silent for too long. */
export class LockLostError extends Error {
  readonly code = 'WB_MIGRATION_LOCKED';
}

export interface LockOptions {
  /** Name of this process for whoever has to wait, e.g. host and process number. */
  readonly holder: string;
  /** Gives up after this (milliseconds) with `LockLostError`; default: waits as long as it takes. */
  readonly waitMs?: number;
  /** Called once when the lock is somebody else's. */
  readonly onWait?: (holder: string) => void;
  /** Length of the lease (milliseconds), for tests. */
  readonly leaseMs?: number;
}

/** The lock while it is held. */
export interface HeldLock {
  /** Throws `LockLostError` unless it is still ours, as MongoDB sees it; asked before every step that must not run twice. */
  renew(): Promise<void>;
}

/**
 * Runs `work` while no other process runs under the same name. The lock is a document of the collection `leases` with an
 * owner and an end by MongoDB's clock, renewed every third of its length: a process that dies holding it delays the next
 * one by its lease and blocks nobody.
 */
export async function withLease<T>(
  db: Db,
  name: string,
  options: LockOptions,
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const { leaseMs = LEASE_MS } = options;
  const owner = randomId();
  await acquire(db, name, owner, options);
  const renew = async (): Promise<void> => {
    const doc = await take(db, name, owner, options);
    if (doc.owner === owner) return;
    throw new LockLostError(
      `the lock "${name}" was taken over by ${doc.holder ?? 'another process'}`,
    );
  };
  const timer = setInterval(() => void renew().catch(() => undefined), leaseMs / 3);
  try {
    return await work({ renew });
  } finally {
    clearInterval(timer);
    // Where this fails the lease runs out.
    await locks(db)
      .deleteOne({ _id: name, owner })
      .catch(() => undefined);
  }
}

const locks = (db: Db) => db.collection<LockDoc>('leases');

async function acquire(
  db: Db,
  name: string,
  owner: string,
  { waitMs = Number.POSITIVE_INFINITY, onWait, ...rest }: LockOptions,
): Promise<void> {
  const began = performance.now();
  for (let told = false; ; told = true) {
    const doc = await take(db, name, owner, rest);
    if (doc.owner === owner) return;
    const holder = doc.holder ?? 'another process';
    if (!told) onWait?.(holder);
    if (performance.now() - began >= waitMs)
      throw new LockLostError(`the lock "${name}" is held by ${holder}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** One compare-and-set by MongoDB's clock: ours if it was free, had run out, or was ours. Answers whose it is now. */
async function take(
  db: Db,
  name: string,
  owner: string,
  { holder, leaseMs = LEASE_MS }: LockOptions,
): Promise<LockDoc> {
  const mine = { $eq: ['$owner', owner] };
  const over = { $lte: [{ $ifNull: ['$until', new Date(0)] }, '$$NOW'] };
  const ours = { $or: [mine, over] };
  const until = { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: leaseMs } };
  const set = {
    owner: { $cond: [ours, owner, '$owner'] },
    until: { $cond: [ours, until, '$until'] },
    holder: { $cond: [ours, { $literal: holder }, '$holder'] },
  };
  try {
    const found = await locks(db).findOneAndUpdate({ _id: name }, [{ $set: set }], {
      upsert: true,
      returnDocument: 'after',
    });
    return found ?? { _id: name, owner: '', until: new Date(0) };
  } catch (error) {
    // Two upserts of the first document met; the other one was first.
    if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error;
    return { _id: name, owner: '', until: new Date(0) };
  }
}
