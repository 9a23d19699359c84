import type { SharedValues } from '../platform/redis/shared-values.js';

/** Places are taken from the shared bucket for so long at a time (milliseconds): ten calls a second, not one each. */
const BLOCK_MS = 100;
/** Redis counts as away when it has not answered for so long; until then nothing goes: one late answer is no outage. */
const AWAY_MS = 1000;
/** How soon Redis is asked again after it did not answer. */
const RETRY_MS = 100;
/** What the last blocks weigh when a new one comes, in how much of the rate this replica uses. */
const MEMORY = 0.8;
/** The lane looks again after this; the answer wakes it earlier. */
const ASKING_MS = 50;

/** Requests that may go at once when none went for a while: a tenth of a second's worth, at least one. */
export const defaultBurst = (ratePerSecond: number): number =>
  Math.max(1, Math.floor((ratePerSecond * BLOCK_MS) / 1000));

export interface PaceOptions {
  readonly target: string;
  readonly ratePerSecond: number;
  readonly burst: number;
}

export interface PaceParts {
  readonly values: Pick<SharedValues, 'reserve'>;
  readonly now: () => number;
  /** Share of the rate that is allowed now, above 0, at most 1. */
  readonly share: () => number;
  /** Places have come; ask again. */
  readonly wake: () => void;
}

/**
 * A token bucket of one target that all replicas draw from: Redis hands out moments, a block of them at a time, and only
 * as many as wait. While Redis is away each replica keeps by itself the part of the rate that it had before, so that
 * together they keep the whole.
 */
export class Pace {
  /** Moment of the next place held, and how many follow it, `step` apart. */
  private held = { next: 0, left: 0, step: 0 };
  /** The bucket of this process alone, for when Redis is away: moment of its next place. */
  private own = 0;
  private asking = false;
  private askAfter = 0;
  /** Since when Redis has not answered; undefined while it does. */
  private silentSince: number | undefined;
  /** Moment behind the last block. */
  private behind = 0;
  /** Places that went to this replica and to others of late. */
  private readonly taken = { mine: 0, others: 0 };

  constructor(
    private readonly options: PaceOptions,
    private readonly parts: PaceParts,
  ) {}

  private get step(): number {
    return 1000 / (this.options.ratePerSecond * this.parts.share());
  }

  /** How much earlier than its moment a place may be used: that is the burst. */
  private early(step: number): number {
    return Math.max(0, Math.floor(this.options.burst * this.parts.share()) - 1) * step;
  }

  /** Milliseconds until the next request may go; 0 takes its place. `waiting`: requests that want to go, this one included. */
  take(waiting: number): number {
    const now = this.parts.now();
    this.forgetOld(now);
    const { held } = this;
    if (held.left > 0) {
      const wait = held.next - this.early(held.step) - now;
      if (wait > 0) return wait;
      held.next += held.step;
      held.left -= 1;
      return 0;
    }
    if (now >= this.askAfter) void this.reserve(waiting);
    const away = this.silentSince !== undefined && now - this.silentSince >= AWAY_MS;
    return away ? this.takeOwn(now) : ASKING_MS;
  }

  /**
   * Places whose time has gone by unused are lost: saved up they would become a burst. What may go early need not go late,
   * so that never more than the rate and one burst (or `BLOCK_MS`'s worth) come together.
   */
  private forgetOld(now: number): void {
    const { held } = this;
    const late = Math.max(BLOCK_MS - this.early(held.step), Math.min(held.step, BLOCK_MS));
    while (held.left > 0 && held.next + late < now) {
      held.next += held.step;
      held.left -= 1;
    }
  }

  private takeOwn(now: number): number {
    const { mine, others } = this.taken;
    const part = mine > 0 ? mine / (mine + others) : 1;
    const step = this.step / part;
    const wait = this.own - this.early(step) * part - now;
    if (wait > 0) return wait;
    this.own = Math.max(this.own, now) + step;
    return 0;
  }

  private async reserve(waiting: number): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    const { values, now, wake } = this.parts;
    const { step } = this;
    const count = Math.max(1, Math.min(waiting, Math.floor(BLOCK_MS / step)));
    const key = `waybill-rate:${this.options.target}`;
    const asked = now();
    const first = await values.reserve(key, asked, step, count);
    this.asking = false;
    if (first === undefined) {
      this.silentSince ??= asked;
      this.askAfter = now() + RETRY_MS;
      return;
    }
    this.silentSince = undefined;
    this.noteShare((first - Math.max(this.behind, asked)) / step, count);
    this.behind = first + count * step;
    this.held = { next: first, left: count, step };
    wake();
  }

  /** Places between this replica's blocks went to others, as far as the bucket was in use all the time. */
  private noteShare(between: number, mine: number): void {
    const { taken } = this;
    taken.mine = taken.mine * MEMORY + mine;
    taken.others = taken.others * MEMORY + Math.max(0, between);
  }
}
