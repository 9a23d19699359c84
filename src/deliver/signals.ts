import type { Provider } from '@nestjs/common';
import { Configuration } from '../accounts/configuration.js';
import type { DeliveryDoc } from '../ledger/documents.js';
import { LedgerStore } from '../ledger/store.js';
import type { Clock } from '../platform/clock/clock.js';
import { randomId } from '../platform/ids/ids.js';
import type { Log } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { CLOCK, LOG } from '../platform/tokens.js';
import { TargetStates } from '../settle/target-states.js';

/** Counting stops here: enough to see trouble, never a scan of a whole backlog. */
export const COUNT_LIMIT = 50_000;
const DEAD_LIMIT = 1000;
const DEAD_DAYS_MS = 30 * 86_400_000;
/** Rows looked at for the oldest one, in the order of the index. */
const LOOK = 50;
/** An offered row is due although it shows a moment ahead: a sweep moves it by a minute. */
const OFFERED_MS = 62_000;
const LIMIT_MS = 1000;
const TICK_MS = 10_000;
/** The counts every third look. */
const COUNT_EVERY = 3;
/** Two looks may fail before another process takes over. */
const LEASE_MS = 30_000;
const EVER = { $gte: new Date(0) };
const WAITING = ['retry', 'held', 'uncertain'] as const;

interface LeaseDoc {
  _id: string;
  owner: string;
  until: Date;
}

type Due = Pick<DeliveryDoc, 'state' | 'at' | 'wakeAt' | 'attempts' | 'pausedMs'>;
const DUE = { state: 1, at: 1, wakeAt: 1, attempts: 1, pausedMs: 1 } as const;

export interface SignalParts {
  readonly store: LedgerStore;
  readonly configuration: Configuration;
  readonly states: TargetStates;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * Reads what waits in MongoDB into metrics: age of the oldest due delivery every 10 s, counts every 30 s, by one process
 * of all. Every read stays within an index (or within so many rows of it) and gives up after a second.
 */
export class BacklogSignals {
  private readonly owner = randomId();
  private round = 0;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly parts: SignalParts) {}

  /** By Nest, once the application is up. */
  onApplicationBootstrap(): void {
    this.running = this.tick().finally(() => {
      if (this.stopped) return;
      this.timer = setTimeout(() => this.onApplicationBootstrap(), TICK_MS).unref();
    });
  }

  /** By Nest: before the stores close. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** One look. Never throws: what cannot be read keeps its last value, and the time of the last whole look tells. */
  async tick(): Promise<void> {
    try {
      if (!(await this.leads())) return this.forget();
      const { configuration, metrics, clock } = this.parts;
      for (const { id } of configuration.targets)
        metrics.oldestDueSeconds.set({ target: id }, (await this.oldestDueMs(id)) / 1000);
      if (this.round % COUNT_EVERY === 0) await this.count();
      this.round += 1;
      metrics.backlogReadAt.set(clock.now() / 1000);
    } catch (error) {
      const err = error instanceof Error ? error.message : 'unknown';
      this.parts.log.debug({ err }, 'the backlog could not be read');
    }
  }

  /** One process reads for all: their numbers would be the same. */
  private async leads(): Promise<boolean> {
    const now = this.parts.clock.now();
    const leases = this.parts.store.mongo.db.collection<LeaseDoc>('leases');
    try {
      await leases.updateOne(
        { _id: 'backlog', $or: [{ owner: this.owner }, { until: { $lte: new Date(now) } }] },
        { $set: { owner: this.owner, until: new Date(now + LEASE_MS) } },
        { upsert: true },
      );
      return true;
    } catch (error) {
      // The lease is somebody else's, so the upsert meets its document.
      if ((error as { code?: unknown }).code === 11_000) return false;
      throw error;
    }
  }

  private forget(): void {
    const { oldestDueSeconds, backlog, deadDeliveries, parkedReceipts, backlogReadAt } =
      this.parts.metrics;
    this.parts.metrics.draftsWaiting.set(0);
    this.parts.metrics.oldestDraftSeconds.set(0);
    for (const gauge of [oldestDueSeconds, backlog, deadDeliveries]) gauge.reset();
    parkedReceipts.set(0);
    backlogReadAt.set(0);
    this.round = 0;
  }

  private async oldestDueMs(target: string): Promise<number> {
    const { store, states, clock } = this.parts;
    if (states.paused(target)) return 0;
    const now = clock.now();
    const rows = await store.deliveries
      .find({ target, wakeAt: { $lte: new Date(now + OFFERED_MS) } }, { projection: DUE })
      .sort({ wakeAt: 1 })
      .limit(LOOK)
      .maxTimeMS(LIMIT_MS)
      .toArray();
    const paused = states.pausedMs(target);
    return rows.reduce((most, row) => Math.max(most, dueForMs(row, now, paused)), 0);
  }

  private async count(): Promise<void> {
    const { metrics, configuration, store } = this.parts;
    for (const { id } of configuration.targets) {
      await this.countOpen(id);
      await this.countDead(id);
    }
    const limits = { limit: COUNT_LIMIT, maxTimeMS: LIMIT_MS, hint: 'odd' };
    metrics.parkedReceipts.set(await store.receipts.countDocuments({ state: 'parked' }, limits));
    await this.countDrafts();
  }

  private async countDrafts(): Promise<void> {
    const { store, metrics, clock } = this.parts;
    const waiting = { wakeAt: EVER, account: { $gt: '' } };
    const limits = { limit: COUNT_LIMIT, maxTimeMS: LIMIT_MS, hint: 'wake' };
    metrics.draftsWaiting.set(await store.drafts.countDocuments(waiting, limits));
    const [oldest] = await store.drafts
      .find({ wakeAt: EVER }, { projection: { since: 1 } })
      .sort({ since: 1 })
      .limit(1)
      .maxTimeMS(LIMIT_MS)
      .toArray();
    const ageMs = oldest ? clock.now() - oldest.since.getTime() : 0;
    metrics.oldestDraftSeconds.set(Math.max(0, ageMs) / 1000);
  }

  private async countOpen(target: string): Promise<void> {
    const { store, metrics } = this.parts;
    const limits = { limit: COUNT_LIMIT, maxTimeMS: LIMIT_MS };
    const open = await store.deliveries.countDocuments(
      { target, wakeAt: EVER },
      { ...limits, hint: 'wake' },
    );
    let waiting = 0;
    for (const state of WAITING) {
      const rows = await store.deliveries.countDocuments(
        { state, target },
        { ...limits, hint: 'trouble' },
      );
      metrics.backlog.set({ target, state }, rows);
      waiting += rows;
    }
    // Rows that are being sent are in no index of their own; reading them to tell them apart would cost the backlog.
    metrics.backlog.set({ target, state: 'due' }, Math.max(0, open - waiting));
  }

  private async countDead(target: string): Promise<void> {
    const { store, metrics, clock } = this.parts;
    const since = new Date(clock.now() - DEAD_DAYS_MS);
    const dead = await store.deliveries
      .find({ state: 'dead', target, at: { $gte: since } }, { projection: { reason: 1 } })
      .sort({ at: -1 })
      .limit(DEAD_LIMIT)
      .hint('trouble')
      .maxTimeMS(LIMIT_MS)
      .toArray();
    const counts = new Map([
      ['poison', 0],
      ['deadline', 0],
    ]);
    const replayed = await this.replayed(dead.map((row) => row._id));
    for (const { _id, reason = 'deadline' } of dead)
      if (!replayed.has(_id)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    for (const [reason, rows] of counts) metrics.deadDeliveries.set({ target, reason }, rows);
  }

  private async replayed(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.parts.store.deliveries
      .find({ replayOf: { $in: [...ids] } }, { projection: { _id: 0, replayOf: 1 } })
      .maxTimeMS(LIMIT_MS)
      .toArray();
    return new Set(rows.flatMap(({ replayOf }) => replayOf ?? []));
  }
}

/**
 * Milliseconds for which a row has been due: one that was never tried since its birth, without the target's pauses
 * (`paused` are those in all); any other since its moment came. 0: not due.
 */
function dueForMs(row: Due, now: number, paused: number): number {
  if (row.state === 'due' && row.attempts === 0)
    return Math.max(0, now - row.at.getTime() - Math.max(0, paused - row.pausedMs));
  return Math.max(0, now - (row.wakeAt?.getTime() ?? now));
}

export const backlogSignals: Provider = {
  provide: BacklogSignals,
  useFactory: (
    store: LedgerStore,
    configuration: Configuration,
    states: TargetStates,
    clock: Clock,
    metrics: Metrics,
    log: Log,
  ) => new BacklogSignals({ store, configuration, states, clock, metrics, log }),
  inject: [LedgerStore, Configuration, TargetStates, CLOCK, Metrics, LOG],
};
