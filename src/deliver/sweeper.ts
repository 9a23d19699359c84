import type { Configuration } from '../accounts/configuration.js';
import type { Target } from '../accounts/model.js';
import type { DeliveryDoc } from '../ledger/documents.js';
import type { LedgerStore } from '../ledger/store.js';
import type { Clock } from '../platform/clock/clock.js';
import type { Log } from '../platform/log/log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import type { TargetStates } from '../settle/target-states.js';
import { deadlineOf } from '../settle/transition.js';
import type { Lanes } from './lanes.js';
import type { DeliveryQueue } from './queue.js';

/** A row that was handed out is looked at again after this. */
const OFFER_MS = 60_000;
/** Rows of one target in one tick: no target may take the whole tick. */
const BATCH = 500;
/** Claims that ended without an outcome before a delivery is taken out of circulation. */
export const MAX_CRASHES = 3;

type Seen = Pick<
  DeliveryDoc,
  '_id' | 'state' | 'crashes' | 'sentAt' | 'at' | 'pausedMs' | 'reason'
>;
const SEEN = { state: 1, crashes: 1, sentAt: 1, at: 1, pausedMs: 1, reason: 1 } as const;

export interface SweeperParts {
  readonly store: LedgerStore;
  readonly configuration: Configuration;
  readonly lanes: Lanes;
  readonly queue: DeliveryQueue;
  readonly states: TargetStates;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * Finds every row whose time has come, on every replica, with no leader: compare-and-set decides. MongoDB holds the
 * backlog and Bull only the next seconds; with an empty Redis everything is still delivered.
 */
export class Sweeper {
  private next = 0;
  private running: Promise<number> | undefined;

  constructor(private readonly parts: SweeperParts) {}

  /** One round over all targets, starting with another one each time. Returns how many rows were handed out. */
  tick(): Promise<number> {
    // Two rounds side by side would offer the same rows under two moments.
    this.running ??= this.round().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async round(): Promise<number> {
    await this.parts.states.refresh();
    const targets = this.parts.configuration.targets;
    this.next = targets.length === 0 ? 0 : (this.next + 1) % targets.length;
    let handed = 0;
    for (let i = 0; i < targets.length; i += 1) {
      const target = targets[(this.next + i) % targets.length];
      if (target) handed += await this.sweep(target);
    }
    return handed;
  }

  /** One target. Rows of a paused target stay where they are. */
  async sweep(target: Target): Promise<number> {
    const { store, clock, lanes, metrics } = this.parts;
    const room = Math.min(lanes.room(target.id), BATCH);
    const now = clock.now();
    const seen = await store.deliveries
      .find({ target: target.id, wakeAt: { $lte: new Date(now) } }, { projection: SEEN })
      .sort({ wakeAt: 1 })
      .limit(Math.max(room, 1))
      .toArray();
    metrics.oldestDueSeconds.set(
      { target: target.id },
      seen[0] ? Math.max(0, (now - seen[0].at.getTime()) / 1000) : 0,
    );
    if (seen.length === 0 || room === 0) return 0;
    const ready = await this.prepare(target, seen, now);
    if (ready.length === 0) return 0;
    return this.hand(target, ready, now);
  }

  private async hand(target: Target, ids: readonly string[], now: number): Promise<number> {
    const { store, queue, metrics } = this.parts;
    // Hardly the moment of another replica's round, so the rows that carry it are those that this one moved.
    const until = now + OFFER_MS + Math.floor(Math.random() * 1000);
    const bumped = await store.deliveries.updateMany(
      { _id: { $in: [...ids] }, wakeAt: { $lte: new Date(now) }, state: { $ne: 'sending' } },
      { $set: { wakeAt: new Date(until) } },
      { writeConcern: { w: 1 } },
    );
    if (bumped.modifiedCount === 0) return 0;
    const ours = bumped.modifiedCount === ids.length ? ids : await this.carrying(ids, until);
    metrics.swept.inc({ target: target.id }, ours.length);
    queue.enqueue({ target: target.id, ids: ours, until, at: now });
    return ours.length;
  }

  private async carrying(ids: readonly string[], until: number): Promise<readonly string[]> {
    const rows = await this.parts.store.deliveries
      .find({ _id: { $in: [...ids] }, wakeAt: new Date(until) }, { projection: { _id: 1 } })
      .toArray();
    return rows.map((row) => row._id);
  }

  /** Ends what must end, turns expired claims back into waiting rows; returns the ids to hand out. */
  private async prepare(target: Target, seen: readonly Seen[], now: number): Promise<string[]> {
    const expired = seen.filter((row) => row.state === 'sending');
    const waiting = seen.filter((row) => row.state === 'uncertain' && row.reason === 'hold');
    const overdue = waiting.filter((row) => this.past(target, row, now));
    if (overdue.length > 0) await this.end(overdue, 'uncertain', 'deadline', now);
    // Its deadline moved with a pause: it still waits for a person, never for us.
    for (const row of waiting) if (!overdue.includes(row)) await this.waitOn(target, row, now);
    const held = expired.length > 0 ? await this.expire(target, expired, now) : new Set<string>();
    const gone = new Set([...waiting.map((row) => row._id), ...held]);
    return seen.map((row) => row._id).filter((id) => !gone.has(id));
  }

  private deadline(target: Target, row: Seen): number {
    return deadlineOf(row, this.parts.states.pausedMs(target.id));
  }

  private past(target: Target, row: Seen, now: number): boolean {
    return now >= this.deadline(target, row);
  }

  private async end(
    rows: readonly Seen[],
    state: DeliveryDoc['state'],
    reason: string,
    now: number,
  ): Promise<void> {
    await this.parts.store.deliveries.updateMany(
      { _id: { $in: rows.map((row) => row._id) }, state, wakeAt: { $lte: new Date(now) } },
      {
        $set: { state: 'dead', reason, settledAt: new Date(now) },
        $unset: { token: 1, wakeAt: 1, sentAt: 1 },
      },
    );
  }

  /**
   * Leases that ended without an outcome. Where `sentAt` is written before the socket, its absence means: not sent.
   * Everything else may have been sent, and says so. Returns ids that must not be handed out now.
   */
  private async expire(
    target: Target,
    expired: readonly Seen[],
    now: number,
  ): Promise<Set<string>> {
    const { metrics, log } = this.parts;
    metrics.leaseExpiries.inc({ target: target.id }, expired.length);
    log.warn({ target: target.id, rows: expired.length }, 'claims ended without an outcome');
    const poison = expired.filter((row) => row.crashes + 1 >= MAX_CRASHES);
    if (poison.length > 0) {
      log.error(
        { code: 'WB_DELIVERY_POISON', target: target.id, deliveries: poison.map((row) => row._id) },
        'quarantined',
      );
      await this.end(poison, 'sending', 'poison', now);
    }
    const rest = expired.filter((row) => row.crashes + 1 < MAX_CRASHES);
    const careful = target.plugin.onUncertain === 'lookup' || target.plugin.onUncertain === 'hold';
    const unsent = careful ? rest.filter((row) => row.sentAt === undefined) : [];
    const unsure = careful ? rest.filter((row) => row.sentAt !== undefined) : rest;
    const hold = target.plugin.onUncertain === 'hold';
    await this.turn(unsent, { state: 'due' }, now, now);
    if (hold) await this.hold(target, unsure, now);
    else await this.turn(unsure, { state: 'uncertain', unsure: true }, now, now);
    return new Set([...poison, ...(hold ? unsure : [])].map((row) => row._id));
  }

  /** Rows of unknown fate whose target would rather ask a person: each waits until its own deadline. */
  private async hold(target: Target, rows: readonly Seen[], now: number): Promise<void> {
    const set = { state: 'uncertain', unsure: true, reason: 'hold' } as const;
    for (const row of rows) await this.turn([row], set, now, this.deadline(target, row));
  }

  private async waitOn(target: Target, row: Seen, now: number): Promise<void> {
    await this.parts.store.deliveries.updateOne(
      { _id: row._id, state: 'uncertain', wakeAt: { $lte: new Date(now) } },
      { $set: { wakeAt: new Date(this.deadline(target, row)) } },
    );
  }

  private async turn(
    rows: readonly Seen[],
    set: Partial<DeliveryDoc>,
    now: number,
    wakeAt: number,
  ): Promise<void> {
    if (rows.length === 0) return;
    await this.parts.store.deliveries.updateMany(
      {
        _id: { $in: rows.map((row) => row._id) },
        state: 'sending',
        wakeAt: { $lte: new Date(now) },
      },
      {
        $set: { ...set, wakeAt: new Date(wakeAt) },
        $unset: { token: 1, sentAt: 1 },
        $inc: { crashes: 1 },
      },
    );
  }
}
