import type { Clock } from '../platform/clock/clock.js';
import { randomId } from '../platform/ids/ids.js';
import type { FaultPointName } from '../platform/fault/fault-point.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import { StoreAwayError } from '../platform/mongo/mongo-store.js';
import { flushGroup, type CommitRequest, type CommitResult, type Flushed } from './commit.js';
import type { DeliveryDoc } from './documents.js';
import { GroupCommit } from './group-commit.js';
import type { LedgerStore } from './store.js';

/** Rows born claimed are this process's for so long (milliseconds). */
export const BORN_LEASE_MS = 30_000;

/** What deliver learns after each flush. `token` is set on the rows that were born claimed. */
export interface Committed {
  readonly rows: readonly DeliveryDoc[];
  readonly events: Flushed['events'];
  readonly newEvents: Flushed['newEvents'];
  /** What must still become events. */
  readonly drafts: Flushed['drafts'];
  readonly token: string;
  readonly until: number;
}

export type CommittedHook = (committed: Committed) => void;

/** Whether rows of a target may be born claimed by this process now, and how long the target was paused so far. */
export interface BirthHook {
  mayClaim(target: string): boolean;
  pausedMs(target: string): number;
  /** This process is about to end: what is born now belongs to whoever sweeps next. */
  readonly retiring?: boolean;
}

/** Who looks behind the click ids of a group before it is written. */
export interface AttributionHook {
  /** Without a look into a store: whether this request needs to be asked about. */
  wants(request: CommitRequest): boolean;
  /** The same requests in the same order; attribution, flags and the state of rows may be others, ids never. */
  attribute(group: readonly CommitRequest[]): Promise<readonly CommitRequest[]>;
}

/** A named place where a fault drill may stop the process; does nothing in production. */
export type FaultPoint = (name: FaultPointName) => void;

/**
 * The ledger's write side. Owns the group commit and tells deliver, through two typed hooks, what was written; it knows
 * nothing else of the rooms to its right.
 */
export class Ledger {
  private readonly commits: GroupCommit<CommitRequest, CommitResult>;
  private readonly committedHooks: CommittedHook[] = [];
  private birth: BirthHook = { mayClaim: () => false, pausedMs: () => 0 };
  private attribution: AttributionHook | undefined;
  private lastFailureAt = 0;
  /** While set, nothing is accepted: the database is not one that this build may write to. */
  closed = false;
  /** For drills of rolling upgrades: what a version to come adds to its rows. */
  stamp: (row: DeliveryDoc) => void = () => undefined;

  constructor(
    readonly store: LedgerStore,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly fault: FaultPoint = () => undefined,
  ) {
    this.commits = new GroupCommit((group) => this.flush(group));
  }

  /** Subscribe to what was committed. Called after the group's answers are settled, in the same tick. */
  onCommitted(hook: CommittedHook): void {
    this.committedHooks.push(hook);
  }

  /** Who decides whether rows are born claimed. */
  setBirth(birth: BirthHook): void {
    this.birth = birth;
  }

  /** Who attributes conversions to clicks before they are written. */
  setAttribution(hook: AttributionHook): void {
    this.attribution = hook;
  }

  /** Epoch ms of the last flush that failed; 0 when none did. Repair looks at what came around it. */
  get lastFailure(): number {
    return this.lastFailureAt;
  }

  /** Requests waiting for the next flush. */
  get depth(): number {
    return this.commits.depth;
  }

  idle(): Promise<void> {
    return this.commits.idle();
  }

  /** Resolves once everything of the request is durable on a majority. Rejects when nothing may be acknowledged. */
  commit(request: CommitRequest): Promise<CommitResult> {
    if (this.closed) return Promise.reject(new StoreAwayError());
    return this.commits.push(request);
  }

  private async flush(came: readonly CommitRequest[]): Promise<readonly (CommitResult | Error)[]> {
    const started = performance.now();
    const group = await this.attributed(came);
    const token = randomId();
    const until = this.clock.now() + BORN_LEASE_MS;
    for (const request of group) for (const row of request.rows) this.bear(row, token, until);
    this.fault('before-commit');
    let flushed: Flushed;
    try {
      flushed = await flushGroup(this.store, group);
    } catch (error) {
      this.lastFailureAt = this.clock.now();
      this.metrics.storeErrors.inc({ store: 'mongo' });
      throw error;
    }
    this.fault('after-commit');
    this.metrics.commitGroup.observe(group.length);
    this.metrics.commitMs.observe(performance.now() - started);
    // The answers go out first; enqueueing starts behind them in the same tick and is never awaited.
    const { results, ...written } = flushed;
    queueMicrotask(() => this.tell({ ...written, token, until }));
    return results;
  }

  /** One look for the whole group, and none when no request of it needs one. */
  private async attributed(group: readonly CommitRequest[]): Promise<readonly CommitRequest[]> {
    const hook = this.attribution;
    return hook && group.some((request) => hook.wants(request)) ? hook.attribute(group) : group;
  }

  private tell(committed: Committed): void {
    for (const hook of this.committedHooks) hook(committed);
  }

  private bear(row: DeliveryDoc, token: string, until: number): void {
    this.stamp(row);
    row.pausedMs = this.birth.pausedMs(row.target);
    // Rows that wait for a click keep the moment at which it is looked for again.
    if (row.wakeAt === undefined || row.reason === 'click') return;
    // One moment for the whole group: the claim of an unclaimed row compares it.
    row.wakeAt = new Date(this.birth.retiring === true ? this.clock.now() : until);
    if (row.state !== 'due' || !this.birth.mayClaim(row.target)) return;
    row.state = 'sending';
    row.token = token;
  }
}
