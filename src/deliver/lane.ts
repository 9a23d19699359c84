import type { Target } from '../accounts/model.js';
import type { Admission } from './admission.js';
import { Alarm } from './alarm.js';
import { claimable, type Claimable } from './claimable.js';
import { SEND_FENCE_MS, type Claimed } from './claims.js';
import { FairQueue } from './fair-queue.js';
import type { LaneWork } from './lane-work.js';
import { Offers, type Offer } from './offers.js';
import { LANE_SIZE, Places, RESERVED } from './places.js';

/** Rows are born claimed while at most so many wait: the rest of the places is for what the sweeper finds … */
export const NEWBORN_LIMIT = LANE_SIZE - 500;
/** … and only while the oldest has waited less than this (milliseconds). */
const FRESH_MS = 1000;

type Ready = { readonly claim: Claimed; readonly since: number };
const ownerOf = (claim: Claimed): string => claim.row?.account ?? '';

/**
 * The in-process queue of one target. It sends only what it holds a live claim for, never more than is admitted at a
 * time, accounts in turn, and nothing that happens here can hold up another target.
 */
export class Lane {
  private readonly places = new Places();
  private readonly offers = new Offers();
  private readonly ready = new FairQueue<Ready>();
  private inFlight = 0;
  private claiming = false;
  private entering = 0;
  private stopped = false;
  private moreWaits = false;
  private readonly alarm = new Alarm(() => this.pump());

  constructor(
    public target: Target,
    private readonly work: LaneWork,
    readonly admission: Admission,
  ) {
    admission.onChange = () => this.pump();
  }

  get waiting(): number {
    return this.offers.size + this.ready.size;
  }

  get sending(): number {
    return this.inFlight;
  }

  /** Ids that the sweeper may still offer: one at a time while the breaker tries whether the partner is back. */
  get room(): number {
    if (this.stopped || this.admission.heldUntil > 0) return 0;
    const most = this.admission.closed ? LANE_SIZE : 1;
    return Math.max(0, most - this.places.size);
  }

  /** Ids of any account that has few here. */
  get reserve(): number {
    return this.stopped || this.admission.heldUntil > 0 || !this.admission.closed ? 0 : RESERVED;
  }

  /** Accounts that hold so many places that they have their share. */
  get crowd(): readonly string[] {
    return this.places.withAtLeast(RESERVED);
  }

  private freshOf(account: string): boolean {
    const oldest = this.ready.headOf(account);
    return oldest === undefined || this.work.now() - oldest.since < FRESH_MS;
  }

  /** New rows may be born claimed: this lane will send them at once. */
  get takesNewborn(): boolean {
    if (this.stopped || this.waiting > NEWBORN_LIMIT || !this.admission.free) return false;
    return this.ready.accounts.every((account) => this.freshOf(account));
  }

  /** MongoDB holds more than was offered: this lane asks for it as soon as it is half empty. */
  expectMore(): void {
    this.moreWaits = true;
  }

  /** Ids of one account to claim. What does not fit stays in MongoDB, where the sweeper finds it again. */
  offer(ids: readonly string[], wake: number, account = ''): void {
    if (this.stopped) return;
    const over: string[] = [];
    for (const id of ids) {
      if (this.places.has(id)) {
        this.offers.renew(id, wake);
        continue;
      }
      if (!this.places.roomFor(account)) {
        over.push(id);
        continue;
      }
      this.places.add(id, account);
      this.offers.add(id, account, wake);
    }
    if (over.length > 0) {
      this.moreWaits = true;
      void this.work.overflow(over, wake).catch((error: unknown) => this.work.failed(error));
    }
    this.pump();
  }

  /** Deliveries of one account that are claimed already. */
  accept(claims: readonly Claimed[], account = ''): void {
    const fresh = claims.filter((claim) => !this.places.has(claim.id));
    for (const claim of fresh) this.places.add(claim.id, account);
    void this.enter(fresh);
  }

  /** Hands back claims that will not start in time; call every 2 s. */
  async giveBackLate(): Promise<void> {
    const fence = this.work.now() + SEND_FENCE_MS;
    const late = [...this.ready].map(({ claim }) => claim).filter(({ until }) => until <= fence);
    if (late.length > 0) await this.release(late);
  }

  /** No new sends; what waits goes back. Resolves when nothing is in flight. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.alarm.clear();
    await this.empty();
    // Claims and reads that are on their way give back what they bring.
    while (this.inFlight > 0 || this.claiming || this.entering > 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Gives everything that waits back to MongoDB, due at `at` (epoch ms) or at once. */
  async empty(at?: number): Promise<void> {
    for (const id of this.offers.clear()) this.places.delete(id);
    await this.release(
      [...this.ready].map(({ claim }) => claim),
      at,
    );
  }

  private async release(claims: readonly Claimed[], at?: number): Promise<void> {
    if (claims.length === 0) return;
    const ids = new Set(claims.map((claim) => claim.id));
    this.ready.filter(({ claim }) => !ids.has(claim.id));
    try {
      await this.work.giveBack(claims, at);
    } finally {
      for (const id of ids) this.places.delete(id);
    }
  }

  private async enter(claims: readonly Claimed[]): Promise<void> {
    this.entering += 1;
    try {
      if (claims.some((claim) => !claim.row || !claim.event)) await this.work.load(claims);
      const since = this.work.now();
      for (const claim of claims) {
        if (claim.row) this.ready.push(ownerOf(claim), { claim, since });
        else this.places.delete(claim.id);
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
    if (this.waiting > 0 && this.holdBack()) return;
    while (!this.stopped && this.ready.size > 0 && this.inFlight < this.admission.sockets) {
      const wait = this.admission.take(this.ready.size);
      if (wait > 0) {
        this.alarm.set(wait);
        break;
      }
      const next = this.ready.shift();
      if (next) this.start(next.claim);
    }
    this.claimMore();
    if (this.moreWaits && this.places.size < LANE_SIZE / 2) {
      this.moreWaits = false;
      this.work.hungry(this.target.id);
    }
  }

  /** While the target is left alone nothing waits here: it is due again when that ends, and costs no attempt. */
  private holdBack(): boolean {
    const { heldUntil } = this.admission;
    if (heldUntil > 0)
      void this.empty(heldUntil).catch((error: unknown) => this.work.failed(error));
    return heldUntil > 0;
  }

  private start(claim: Claimed): void {
    if (claim.until - this.work.now() < SEND_FENCE_MS) {
      this.admission.record('no-contact');
      void this.release([claim]).catch((error: unknown) => this.work.failed(error));
      return;
    }
    this.inFlight += 1;
    const released = (): void => this.places.delete(claim.id);
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

  /** One claim on its way at a time, of the account whose turn it is and that may have more. */
  private claimMore(): void {
    if (this.claiming || this.stopped) return;
    for (const account of this.offers.accounts) {
      const head = this.offers.headOf(account);
      if (head === undefined) continue;
      const { size, ahead } = this.claimable(account, head);
      if (size <= 0) continue;
      const batch = this.offers.takeRun(account, size);
      this.claiming = true;
      void this.takeBatch(batch, head.wake, ahead);
      return;
    }
  }

  private claimable(account: string, { careful }: Offer): Claimable {
    const { offers, ready, admission } = this;
    return claimable({
      accounts: Math.max(offers.accounts.length, ready.accounts.length),
      held: ready.sizeOf(account),
      ready: ready.size,
      sockets: admission.sockets - this.inFlight,
      free: admission.free,
      early: !careful && this.freshOf(account),
    });
  }

  private async takeBatch(batch: readonly Offer[], wake: number, ahead: boolean): Promise<void> {
    try {
      const ids = batch.map((one) => one.id);
      const claims = await this.work.claim(ids, wake, ahead);
      const taken = new Set(claims.map((claim) => claim.id));
      const left = batch.filter((one) => !taken.has(one.id));
      if (ahead) this.offers.putAside(left);
      else for (const { id } of left) this.places.delete(id);
      await this.enter(claims);
    } catch (error) {
      for (const { id } of batch) this.places.delete(id);
      this.work.failed(error);
    } finally {
      this.claiming = false;
      this.pump();
    }
  }
}
