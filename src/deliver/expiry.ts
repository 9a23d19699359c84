import type { Target } from '../accounts/model.js';
import type { DeliveryDoc, DeliveryState } from '../ledger/documents.js';
import type { LedgerStore } from '../ledger/store.js';
import type { Log } from '../platform/log/log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import type { TargetStates } from '../settle/target-states.js';
import { deadlineOf } from '../settle/transition.js';
import type { Seen } from './fair-pick.js';
import { MAX_CRASHES, tellsAgainst } from './suspects.js';

export interface ExpiryParts {
  readonly store: LedgerStore;
  readonly states: TargetStates;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** What becomes of rows whose time has run out: claims without an outcome, and the 72 hours. */
export class Expiry {
  constructor(private readonly parts: ExpiryParts) {}

  private deadline(target: Target, row: Seen): number {
    return deadlineOf(row, this.parts.states.pausedMs(target.id));
  }

  /** The 72 unpaused hours are over. */
  past(target: Target, row: Seen, now: number): boolean {
    return now >= this.deadline(target, row);
  }

  /** Ends rows of these states as dead. */
  async end(
    target: Target,
    rows: readonly Seen[],
    states: readonly DeliveryState[],
    reason: string,
    now: number,
  ): Promise<void> {
    const ids = rows.map((row) => row._id);
    const ended = await this.parts.store.deliveries.updateMany(
      { _id: { $in: ids }, state: { $in: [...states] }, wakeAt: { $lte: new Date(now) } },
      {
        $set: { state: 'dead', reason, settledAt: new Date(now) },
        $unset: { token: 1, wakeAt: 1, sentAt: 1 },
      },
    );
    const count = ended.modifiedCount;
    this.parts.metrics.deliveries.inc({ target: target.id, state: 'dead' }, count);
  }

  /**
   * Leases that ended without an outcome. Where `sentAt` is written before the socket, its absence means: not sent.
   * Everything else may have been sent, and says so. Returns ids that must not be handed out now.
   */
  async expire(target: Target, expired: readonly Seen[], now: number): Promise<Set<string>> {
    const { metrics, log } = this.parts;
    metrics.leaseExpiries.inc({ target: target.id }, expired.length);
    log.warn({ target: target.id, rows: expired.length }, 'claims ended without an outcome');
    const idle = expired.filter((row) => !tellsAgainst(row));
    await this.turn(idle, { state: 'due' }, now, now, 0);
    const told = expired.filter(tellsAgainst);
    const poison = told.filter((row) => row.crashes + 1 >= MAX_CRASHES);
    if (poison.length > 0) {
      log.error(
        { code: 'WB_DELIVERY_POISON', target: target.id, deliveries: poison.map((row) => row._id) },
        'quarantined',
      );
      await this.end(target, poison, ['sending'], 'poison', now);
    }
    const rest = told.filter((row) => row.crashes + 1 < MAX_CRASHES);
    const careful = target.plugin.onUncertain === 'lookup' || target.plugin.onUncertain === 'hold';
    const unsent = careful ? rest.filter((row) => row.sentAt === undefined) : [];
    const unsure = careful ? rest.filter((row) => row.sentAt !== undefined) : rest;
    const hold = target.plugin.onUncertain === 'hold';
    await this.turn(unsent, { state: 'due' }, now, now);
    metrics.uncertain.inc({ target: target.id }, unsure.length);
    if (hold) await this.hold(target, unsure, now);
    else await this.turn(unsure, { state: 'uncertain', unsure: true }, now, now);
    return new Set([...poison, ...(hold ? unsure : [])].map((row) => row._id));
  }

  /** Rows of unknown fate whose target would rather ask a person: each waits until its own deadline. */
  private async hold(target: Target, rows: readonly Seen[], now: number): Promise<void> {
    const set = { state: 'uncertain', unsure: true, reason: 'hold' } as const;
    for (const row of rows) await this.turn([row], set, now, this.deadline(target, row));
  }

  /**
   * Rows of unknown fate that nobody asked a person about yet: a backup was loaded, or the target's plugin has changed. Those
   * of a target that would rather ask wait for an answer; returns their ids, which must not be handed out.
   */
  async ask(target: Target, rows: readonly Seen[], now: number): Promise<Set<string>> {
    if (target.plugin.onUncertain !== 'hold') return new Set();
    for (const row of rows) {
      const wakeAt = new Date(this.deadline(target, row));
      await this.parts.store.deliveries.updateOne(
        { _id: row._id, state: 'uncertain', wakeAt: { $lte: new Date(now) } },
        { $set: { unsure: true, reason: 'hold', wakeAt } },
      );
    }
    return new Set(rows.map((row) => row._id));
  }

  /** Its deadline moved with a pause: it waits on. */
  async waitOn(target: Target, row: Seen, now: number): Promise<void> {
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
    crashes = 1,
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
        $inc: { crashes },
      },
    );
  }
}
