import type { DeliveryDoc } from '../ledger/documents.js';
import type { MongoStore } from '../platform/mongo/mongo-store.js';
import type { Metrics } from '../platform/metrics/metrics.js';

interface TargetStateDoc {
  _id: string;
  paused: boolean;
  who?: string;
  since?: Date;
  /** Milliseconds paused before `since`. */
  pausedMs: number;
}

/** What is known of a target beyond its configuration. Pause is a state of the target, never of a delivery. */
export interface TargetState {
  readonly paused: boolean;
  /** Who must act, e.g. `operator: API key refused (HTTP 401)`. */
  readonly who: string | null;
  /** Epoch ms. */
  readonly since: number | null;
  readonly pausedMs: number;
}

const RUNNING: TargetState = { paused: false, who: null, since: null, pausedMs: 0 };

/**
 * Pause states, shared by all replicas through MongoDB and refreshed by the sweeper's tick. The 72-hour clock of every
 * delivery stands still while its target is paused.
 */
export class TargetStates {
  private states = new Map<string, TargetState>();

  constructor(
    private readonly mongo: MongoStore,
    private readonly now: () => number,
    private readonly metrics: Metrics,
  ) {}

  private get collection() {
    return this.mongo.db.collection<TargetStateDoc>('target_states');
  }

  get(target: string): TargetState {
    return this.states.get(target) ?? RUNNING;
  }

  paused(target: string): boolean {
    return this.get(target).paused;
  }

  /** Paused milliseconds in all, the present pause included. */
  pausedMs(target: string): number {
    const { paused, pausedMs, since } = this.get(target);
    return paused && since !== null ? pausedMs + Math.max(0, this.now() - since) : pausedMs;
  }

  /** Re-reads all states. Throws when MongoDB is away; the last known states stay. */
  async refresh(): Promise<void> {
    const docs = await this.collection.find().toArray();
    this.states = new Map(docs.map((doc) => [doc._id, toState(doc)]));
    for (const [target, state] of this.states)
      this.metrics.targetPaused.set({ target }, state.paused ? 1 : 0);
  }

  /** Pauses a target. A target that is paused already keeps its first reason. Returns whether this call paused it. */
  async pause(target: string, who: string): Promise<boolean> {
    const since = this.now();
    const before = this.get(target);
    if (before.paused) return false;
    this.states.set(target, { ...before, paused: true, who, since });
    this.metrics.targetPaused.set({ target }, 1);
    const result = await this.collection
      .updateOne(
        { _id: target, paused: { $ne: true } },
        { $set: { paused: true, who, since: new Date(since) }, $setOnInsert: { pausedMs: 0 } },
        { upsert: true },
      )
      .catch((error: unknown) => {
        // An upsert that meets the paused document clashes on _id: somebody paused it first.
        if ((error as { code?: unknown }).code === 11_000) return undefined;
        throw error;
      });
    return result !== undefined && result.modifiedCount + result.upsertedCount > 0;
  }

  /** Lets a target run again; the pause is added to its paused time. Returns false when it was not paused. */
  async resume(target: string): Promise<boolean> {
    const doc = await this.collection.findOne({ _id: target });
    if (!doc?.paused) return false;
    const pausedMs = doc.pausedMs + Math.max(0, this.now() - (doc.since?.getTime() ?? this.now()));
    const result = await this.collection.updateOne(
      { _id: target, paused: true },
      { $set: { paused: false, pausedMs }, $unset: { who: 1, since: 1 } },
    );
    await this.refresh();
    await this.wakeWaiting(target);
    return result.modifiedCount > 0;
  }

  /** Rows that were born or put back during the pause are due at once, not at the end of the moment they were given. */
  private async wakeWaiting(target: string): Promise<void> {
    const now = new Date(this.now());
    await this.mongo.db
      .collection<DeliveryDoc>('deliveries')
      .updateMany({ target, state: 'due', wakeAt: { $gt: now } }, { $set: { wakeAt: now } });
  }
}

const toState = (doc: TargetStateDoc): TargetState => ({
  paused: doc.paused,
  who: doc.who ?? null,
  since: doc.since?.getTime() ?? null,
  pausedMs: doc.pausedMs,
});
