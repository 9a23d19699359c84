import type { Target } from '../accounts/model.js';
import type { Claimed } from './claims.js';
import { SEND_FENCE_MS } from './claims.js';
import { Gate } from './gate.js';
import { Offers, type Offer } from './offers.js';

/** A lane holds at most so many ids; the rest waits in MongoDB. */
export const LANE_SIZE = 2000;
/** Rows are born claimed while at most so many wait … */
export const NEWBORN_LIMIT = 512;
/** … and others are claimed ahead of the sockets up to so many … */
const AHEAD_LIMIT = 256;
/** … both only while the oldest has waited less than this (milliseconds). */
const FRESH_MS = 1000;

/** What a lane asks of the world around it. */
export interface LaneWork {
  now(): number;
  /** Claims up to all of the ids; `ahead` means before a socket is free. */
  claim(ids: readonly string[], wake: number, ahead: boolean): Promise<Claimed[]>;
  load(claims: readonly Claimed[]): Promise<void>;
  giveBack(claims: readonly Claimed[]): Promise<void>;
  /** One attempt; resolves when the socket is free. `released` is called once the row is settled and may be offered again. */
  send(claim: Claimed, released: () => void): Promise<void>;
  /** Ids that were offered with `wake` and do not fit: they are due again at once. */
  overflow(ids: readonly string[], wake: number): Promise<void>;
  /** Half empty while MongoDB may hold more. */
  hungry(target: string): void;
  failed(error: unknown): void;
}

/**
 * The in-process queue of one target. It sends only what it holds a live claim for, never more than `sockets` at a time,
 * and nothing that happens here can hold up another target.
 */
export class Lane {
  private readonly present = new Set<string>();
  private readonly offers = new Offers();
  private ready: { claim: Claimed; since: number }[] = [];
  private inFlight = 0;
  private claiming = false;
  private entering = 0;
  private stopped = false;
  private overflowed = false;
  private gateTimer: NodeJS.Timeout | undefined;

  private readonly gate: Gate;

  constructor(
    readonly target: Target,
    private readonly work: LaneWork,
  ) {
    this.gate = new Gate(target.options.ratePerSecond, () => work.now());
  }

  get waiting(): number {
    return this.offers.size + this.ready.length;
  }

  get sending(): number {
    return this.inFlight;
  }

  /** Ids that the sweeper may still offer. */
  get room(): number {
    return this.stopped ? 0 : Math.max(0, LANE_SIZE - this.present.size);
  }

  private get fresh(): boolean {
    const oldest = this.ready[0];
    return oldest === undefined || this.work.now() - oldest.since < FRESH_MS;
  }

  /** New rows may be born claimed: this lane will send them at once. */
  get takesNewborn(): boolean {
    return !this.stopped && this.waiting <= NEWBORN_LIMIT && this.fresh && this.gate.open;
  }

  /** Ids to claim. What does not fit stays in MongoDB, where the sweeper finds it again. */
  offer(ids: readonly string[], wake: number): void {
    if (this.stopped) return;
    const over: string[] = [];
    for (const id of ids) {
      if (this.present.has(id)) {
        this.offers.renew(id, wake);
        continue;
      }
      if (this.present.size >= LANE_SIZE) {
        over.push(id);
        continue;
      }
      this.present.add(id);
      this.offers.add(id, wake);
    }
    if (over.length > 0) {
      this.overflowed = true;
      void this.work.overflow(over, wake).catch((error: unknown) => this.work.failed(error));
    }
    this.pump();
  }

  /** Deliveries that are claimed already. */
  accept(claims: readonly Claimed[]): void {
    const fresh = claims.filter((claim) => !this.present.has(claim.id));
    for (const claim of fresh) this.present.add(claim.id);
    void this.enter(fresh);
  }

  /** The whole target waits until then (a partner's Retry-After), epoch ms. */
  close(until: number): void {
    this.gate.close(until);
  }

  /** Hands back claims that will not start in time; call every 2 s. */
  async giveBackLate(): Promise<void> {
    const fence = this.work.now() + SEND_FENCE_MS;
    const late = this.ready.filter(({ claim }) => claim.until <= fence).map(({ claim }) => claim);
    if (late.length > 0) await this.release(late);
  }

  /** No new sends; what waits goes back. Resolves when nothing is in flight. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.gateTimer);
    await this.empty();
    // Claims and reads that are on their way give back what they bring.
    while (this.inFlight > 0 || this.claiming || this.entering > 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Gives everything that waits back to MongoDB, e.g. when the target is paused. */
  async empty(): Promise<void> {
    for (const id of this.offers.clear()) this.present.delete(id);
    await this.release(this.ready.map(({ claim }) => claim));
  }

  private async release(claims: readonly Claimed[]): Promise<void> {
    if (claims.length === 0) return;
    const ids = new Set(claims.map((claim) => claim.id));
    this.ready = this.ready.filter(({ claim }) => !ids.has(claim.id));
    try {
      await this.work.giveBack(claims);
    } finally {
      for (const id of ids) this.present.delete(id);
    }
  }

  private async enter(claims: readonly Claimed[]): Promise<void> {
    this.entering += 1;
    try {
      if (claims.some((claim) => !claim.row || !claim.event)) await this.work.load(claims);
      const since = this.work.now();
      for (const claim of claims) {
        if (claim.row) this.ready.push({ claim, since });
        else this.present.delete(claim.id);
      }
      if (this.stopped) await this.release(claims.filter((claim) => claim.row));
    } catch (error) {
      this.work.failed(error);
      // Nothing was sent; what cannot be given back runs out on its own, and the sweeper finds the rows.
      await this.release(claims).catch((failure: unknown) => this.work.failed(failure));
    } finally {
      this.entering -= 1;
    }
    this.pump();
  }

  private pump(): void {
    while (!this.stopped && this.inFlight < this.target.options.sockets && this.ready.length > 0) {
      const wait = this.gate.take();
      if (wait > 0) {
        this.gateTimer ??= setTimeout(
          () => {
            this.gateTimer = undefined;
            this.pump();
          },
          Math.min(wait, 1000),
        );
        break;
      }
      const next = this.ready.shift();
      if (next) this.start(next.claim);
    }
    this.claimMore();
    if (this.overflowed && this.present.size < LANE_SIZE / 2) {
      this.overflowed = false;
      this.work.hungry(this.target.id);
    }
  }

  private start(claim: Claimed): void {
    if (claim.until - this.work.now() < SEND_FENCE_MS) {
      void this.release([claim]).catch((error: unknown) => this.work.failed(error));
      return;
    }
    this.inFlight += 1;
    const released = (): void => {
      this.present.delete(claim.id);
    };
    this.work
      .send(claim, released)
      .catch((error: unknown) => {
        released();
        this.work.failed(error);
      })
      .finally(() => {
        this.inFlight -= 1;
        this.pump();
      });
  }

  /** One claim on its way at a time; the next when half of the claimed ids are out. */
  private claimMore(): void {
    const { head } = this.offers;
    if (this.claiming || this.stopped || head === undefined) return;
    const free = this.target.options.sockets - this.inFlight - this.ready.length;
    const ahead =
      !head.careful && this.fresh && this.ready.length < AHEAD_LIMIT / 2 && this.gate.open;
    const size = ahead ? AHEAD_LIMIT - this.ready.length : free;
    if (size <= 0) return;
    const batch = this.offers.takeRun(size);
    this.claiming = true;
    void this.takeBatch(batch, head.wake, ahead);
  }

  private async takeBatch(batch: readonly Offer[], wake: number, ahead: boolean): Promise<void> {
    try {
      const ids = batch.map((one) => one.id);
      const claims = await this.work.claim(ids, wake, ahead);
      const taken = new Set(claims.map((claim) => claim.id));
      const left = batch.filter((one) => !taken.has(one.id));
      if (ahead) this.offers.putAside(left);
      else for (const { id } of left) this.present.delete(id);
      await this.enter(claims);
    } catch (error) {
      for (const { id } of batch) this.present.delete(id);
      this.work.failed(error);
    } finally {
      this.claiming = false;
      this.pump();
    }
  }
}
