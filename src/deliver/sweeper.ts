import type { Configuration } from '../accounts/configuration.js';
import type { Target } from '../accounts/model.js';
import type { DeliveryState } from '../ledger/documents.js';
import type { Clock } from '../platform/clock/clock.js';
import type { FaultPointName } from '../platform/fault/fault-point.js';
import { DEADLINE_MS } from '../settle/schedule.js';
import { Expiry, type ExpiryParts } from './expiry.js';
import { byAccount, crowdOf, FairPick, SEEN, type Seen } from './fair-pick.js';
import type { Lanes } from './lanes.js';
import type { DeliveryQueue } from './queue.js';

/**
 * A row that was handed out is looked at again after this: its job may be lost with Redis, and whatever waited for Redis
 * is to be on its way within a minute after it is back.
 */
export const OFFER_MS = 45_000;
/** Rows of one target in one tick: no target may take the whole tick. */
const BATCH = 500;
const WAITING: readonly DeliveryState[] = ['due', 'retry', 'held', 'uncertain'];
/** Rows of a target that is left alone are looked through for passed deadlines so often (milliseconds). */
const OVERDUE_MS = 60_000;

export interface SweeperParts extends ExpiryParts {
  readonly configuration: Configuration;
  readonly lanes: Lanes;
  readonly queue: DeliveryQueue;
  readonly clock: Clock;
  readonly fault?: (name: FaultPointName) => void;
}

/**
 * Finds every row whose time has come, on every replica, with no leader: compare-and-set decides. MongoDB holds the
 * backlog and Bull only the next seconds; with an empty Redis everything is still delivered.
 */
export class Sweeper {
  private next = 0;
  private running: Promise<number> | undefined;
  /** Rounds and refills take turns: two side by side would offer the same rows under two moments. */
  private last: Promise<unknown> = Promise.resolve();
  private readonly refilling = new Set<string>();

  private readonly fair: FairPick;
  private readonly expiry: Expiry;
  /** When the rows of a target that is left alone are looked through again, epoch ms. */
  private readonly overdueAt = new Map<string, number>();

  constructor(private readonly parts: SweeperParts) {
    this.fair = new FairPick(() => parts.store.deliveries);
    this.expiry = new Expiry(parts);
  }

  /** One round over all targets, starting with another one each time. Returns how many rows were handed out. */
  tick(): Promise<number> {
    this.running ??= this.inTurn(() => this.round()).finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** One target whose lane has room again while MongoDB holds more. Resolves with how many rows were handed out. */
  async refill(id: string): Promise<number> {
    if (this.refilling.has(id)) return 0;
    this.refilling.add(id);
    return this.inTurn(() => {
      this.refilling.delete(id);
      const target = this.parts.configuration.target(id);
      return target ? this.sweep(target) : Promise.resolve(0);
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async round(): Promise<number> {
    await this.parts.states.refresh();
    const targets = this.parts.configuration.targets;
    this.next = targets.length === 0 ? 0 : (this.next + 1) % targets.length;
    let handed = 0;
    let fault: unknown;
    for (let i = 0; i < targets.length; i += 1) {
      const target = targets[(this.next + i) % targets.length];
      try {
        if (target) handed += await this.sweep(target);
      } catch (error) {
        // What is wrong with the rows of one target must not cost the others their turn.
        fault ??= error;
      }
    }
    if (fault !== undefined) throw fault as Error;
    this.parts.metrics.lastSweep.set(this.parts.clock.now() / 1000);
    return handed;
  }

  /** One target. Rows of a target that is paused or left alone stay where they are. */
  async sweep(target: Target): Promise<number> {
    const { clock, lanes } = this.parts;
    const now = clock.now();
    const room = Math.min(lanes.room(target.id), BATCH);
    if (room === 0 && lanes.held(target.id)) await this.endOverdue(target, now);
    const first = room > 0 ? await this.due(target, now, room) : [];
    const seen = [...first, ...(await this.others(target, first, room, now))];
    if (seen.length === 0) return 0;
    if (room > 0 && first.length === room) lanes.expectMore(target.id);
    const ready = await this.prepare(target, seen, now);
    if (ready.length === 0) return 0;
    return this.hand(target, ready, now);
  }

  private due(target: Target, now: number, room: number): Promise<readonly Seen[]> {
    return this.parts.store.deliveries
      .find({ target: target.id, wakeAt: { $lte: new Date(now) } }, { projection: SEEN })
      .sort({ wakeAt: 1 })
      .limit(room)
      .toArray();
  }

  /** Due rows that an account's flood would hide: there are more than fit, and one account has them. */
  private async others(
    target: Target,
    first: readonly Seen[],
    room: number,
    now: number,
  ): Promise<readonly Seen[]> {
    const { reserve, crowd } = this.parts.lanes.share(target.id);
    if (reserve === 0 || first.length < room) return [];
    const found = await this.fair.others(target.id, [...crowd, ...crowdOf(first)], now);
    const known = new Set(first.map((row) => row._id));
    return found.filter((row) => !known.has(row._id));
  }

  /** The 72 hours run while a breaker is open: what they end for is dead, not sent late. */
  private async endOverdue(target: Target, now: number): Promise<void> {
    if (now < (this.overdueAt.get(target.id) ?? 0)) return;
    const rows: readonly Seen[] = await this.parts.store.deliveries
      .find(
        {
          target: target.id,
          wakeAt: { $lte: new Date(now) },
          at: { $lte: new Date(now - DEADLINE_MS) },
          state: { $in: [...WAITING] },
        },
        { projection: SEEN },
      )
      .limit(BATCH)
      .toArray();
    if (rows.length < BATCH) this.overdueAt.set(target.id, now + OVERDUE_MS);
    const over = rows.filter((row) => this.expiry.past(target, row, now));
    if (over.length > 0) await this.expiry.end(target, over, WAITING, 'deadline', now);
  }

  private async hand(target: Target, rows: readonly Seen[], now: number): Promise<number> {
    const { store, queue, metrics } = this.parts;
    const ids = rows.map((row) => row._id);
    // Hardly the moment of another replica's round, so the rows that carry it are those that this one moved.
    const until = now + OFFER_MS + Math.floor(Math.random() * 1000);
    const bumped = await store.deliveries.updateMany(
      { _id: { $in: [...ids] }, wakeAt: { $lte: new Date(now) }, state: { $ne: 'sending' } },
      { $set: { wakeAt: new Date(until) } },
      { writeConcern: { w: 1 } },
    );
    if (bumped.modifiedCount === 0) return 0;
    this.parts.fault?.('after-sweep');
    const whole = bumped.modifiedCount === ids.length;
    const carrying = whole ? undefined : new Set(await this.carrying(ids, until));
    const ours = carrying ? rows.filter((row) => carrying.has(row._id)) : rows;
    metrics.swept.inc({ target: target.id }, ours.length);
    for (const [account, some] of byAccount(ours))
      queue.enqueue({ target: target.id, ids: some, account, until, at: now });
    return ours.length;
  }

  private async carrying(ids: readonly string[], until: number): Promise<readonly string[]> {
    const rows = await this.parts.store.deliveries
      .find({ _id: { $in: [...ids] }, wakeAt: new Date(until) }, { projection: { _id: 1 } })
      .toArray();
    return rows.map((row) => row._id);
  }

  /** Ends what must end, turns expired claims back into waiting rows; returns the rows to hand out. */
  private async prepare(target: Target, seen: readonly Seen[], now: number): Promise<Seen[]> {
    const expired = seen.filter((row) => row.state === 'sending');
    const uncertain = seen.filter((row) => row.state === 'uncertain');
    const waiting = uncertain.filter((row) => row.reason === 'hold');
    const unasked = uncertain.filter((row) => row.reason !== 'hold');
    const overdue = waiting.filter((row) => this.expiry.past(target, row, now));
    if (overdue.length > 0) await this.expiry.end(target, overdue, ['uncertain'], 'deadline', now);
    // Its deadline moved with a pause: it still waits for a person, never for us.
    for (const row of waiting)
      if (!overdue.includes(row)) await this.expiry.waitOn(target, row, now);
    const held =
      expired.length > 0 ? await this.expiry.expire(target, expired, now) : new Set<string>();
    const asked = await this.expiry.ask(target, unasked, now);
    const gone = new Set([...waiting.map((row) => row._id), ...held, ...asked]);
    return seen.filter((row) => !gone.has(row._id));
  }
}
