import type { Clock } from '../../platform/clock/clock.js';
import { randomId, timeId } from '../../platform/ids/ids.js';
import type { Collection, MongoStore } from '../../platform/mongo/mongo-store.js';
import { ProblemError, type ProblemCode } from '../problems/problem.js';
import { REPLAY_START, type ReplayDoc } from './replay-doc.js';

/** How long a step belongs to the process that took it (milliseconds); renewed with every step. */
const LEASE_MS = 30_000;
/** Running at once on all replicas. */
const MAX_RUNNING = 10;
const MAX_TIME_MS = 5000;
/** After a fault (milliseconds). */
const AGAIN_MS = 5000;
const MAX_FAILURES = 10;

export type NewReplay = Pick<
  ReplayDoc,
  'kind' | 'filter' | 'ratePerSecond' | 'who' | 'matched' | 'before'
>;

/** The rows of bulk replays: with a lease, so that of all replicas one works on each, and none is lost with a process. */
export class ReplayRows {
  constructor(
    private readonly mongo: MongoStore,
    private readonly clock: Clock,
  ) {}

  private get rows(): Collection<ReplayDoc> {
    return this.mongo.db.collection<ReplayDoc>('replays');
  }

  now(): number {
    return this.clock.now();
  }

  /** Throws `WB_REPLAY_BUSY` when enough of them are running. */
  async add(asked: NewReplay): Promise<ReplayDoc> {
    if ((await this.rows.countDocuments({ state: 'running' })) >= MAX_RUNNING)
      throw new ProblemError('WB_REPLAY_BUSY', `${MAX_RUNNING} bulk replays are running`);
    const now = this.clock.now();
    const doc: ReplayDoc = {
      ...{ _id: timeId(now), ...asked, state: 'running', startedAt: new Date(now) },
      ...{ done: 0, refused: 0, reasons: {}, place: REPLAY_START, failures: 0 },
      leaseUntil: new Date(now),
    };
    await this.rows.insertOne(doc);
    return doc;
  }

  /** Newest first. */
  list(limit: number, below: string | undefined): Promise<ReplayDoc[]> {
    return this.rows
      .find(below === undefined ? {} : { _id: { $lt: below } })
      .sort({ _id: -1 })
      .limit(limit)
      .maxTimeMS(MAX_TIME_MS)
      .toArray();
  }

  find(id: string): Promise<ReplayDoc | null> {
    return this.rows.findOne({ _id: id }, { maxTimeMS: MAX_TIME_MS });
  }

  /** False: it had ended before. */
  async cancel(id: string): Promise<boolean> {
    const ended = { state: 'cancelled' as const, endedAt: new Date(this.clock.now()) };
    const filter = { _id: id, state: 'running' as const };
    return (await this.rows.updateOne(filter, { $set: ended })).modifiedCount === 1;
  }

  /** One that nobody works on. */
  async claim(): Promise<ReplayDoc | undefined> {
    const now = this.clock.now();
    const waiting = { state: 'running' as const, leaseUntil: { $lte: new Date(now) } };
    // A look first: mostly there is nothing, and a look writes nothing.
    if (!(await this.rows.findOne(waiting, { projection: { _id: 1 }, maxTimeMS: MAX_TIME_MS })))
      return undefined;
    const taken = await this.rows.findOneAndUpdate(
      waiting,
      { $set: { token: randomId(), leaseUntil: new Date(now + LEASE_MS) } },
      { returnDocument: 'after', maxTimeMS: MAX_TIME_MS },
    );
    return taken ?? undefined;
  }

  /** Renews the lease, and keeps what is given. False: it was cancelled, or is somebody else's now. */
  keep(doc: ReplayDoc, set: Partial<ReplayDoc> = {}): Promise<boolean> {
    return this.set(doc, { ...set, leaseUntil: new Date(this.clock.now() + LEASE_MS) });
  }

  /** Leaves it to whoever comes next. */
  async release(doc: ReplayDoc): Promise<void> {
    await this.set(doc, { leaseUntil: new Date(this.clock.now()) });
  }

  async end(doc: ReplayDoc, state: 'done' | 'failed', reason?: ProblemCode): Promise<void> {
    const endedAt = new Date(this.clock.now());
    await this.set(doc, { state, endedAt, ...(reason === undefined ? {} : { reason }) });
  }

  /** After a fault of the gateway itself. False: it was one too many in a row. */
  async later(doc: ReplayDoc): Promise<boolean> {
    const failures = ((await this.find(doc._id))?.failures ?? 0) + 1;
    if (failures >= MAX_FAILURES) return false;
    await this.set(doc, { failures, leaseUntil: new Date(this.clock.now() + AGAIN_MS) });
    return true;
  }

  private async set({ _id, token = '' }: ReplayDoc, set: Partial<ReplayDoc>): Promise<boolean> {
    const mine = { _id, token, state: 'running' as const };
    return (await this.rows.updateOne(mine, { $set: set })).matchedCount === 1;
  }
}
