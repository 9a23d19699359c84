import type { Configuration } from '../accounts/configuration.js';
import type { Target } from '../accounts/model.js';
import type { Committed, BirthHook } from '../ledger/ledger.js';
import type { Clock } from '../platform/clock/clock.js';
import type { HttpPort } from '../platform/http/http-port.js';
import type { Log } from '../platform/log/log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import type { Settler } from '../settle/settler.js';
import type { TargetStates } from '../settle/target-states.js';
import { Admission } from './admission.js';
import type { Attempts } from './attempt.js';
import { BREAKER_LEVEL, type Breakers } from './breakers.js';
import type { Claimed, Claims } from './claims.js';
import { HeldChildren } from './held-children.js';
import { Lane } from './lane.js';
import type { LaneWork } from './lane-work.js';
import type { DeliveryJob, JobSink } from './queue.js';
import type { RecentDeliveries } from './recent.js';
import { Sender } from './sender.js';

/** Requests end within 20 s each; reads before them take a moment, too (milliseconds). */
const LONGEST_ATTEMPT_MS = 60_000;

export interface LaneParts {
  readonly configuration: Configuration;
  readonly claims: Claims;
  readonly attempts: Attempts;
  readonly settler: Settler;
  readonly states: TargetStates;
  readonly recent: RecentDeliveries;
  readonly children: HeldChildren;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  /** How far the store's clock runs ahead of this machine, milliseconds. */
  readonly skewMs: () => number;
  readonly pool: (target: string, sockets: number) => HttpPort;
  readonly breakers: Breakers;
}

/** All lanes of this process, and the way of an id through one of them. */
export class Lanes implements JobSink, BirthHook {
  private readonly lanes = new Map<string, Lane>();
  private readonly pools = new Map<Lane, HttpPort>();
  /** What is on its way to its end: lanes of targets that are gone, sockets that were replaced. */
  private readonly leaving = new Set<Promise<void>>();
  private readonly aging = new Set<() => void>();
  private stopped = false;
  /** Rows are born `due` from now on: this process will not be there to send them. */
  retiring = false;
  onHungry: (target: string) => void = () => undefined;

  /** Targets that were seen paused: they start gently when that ends. */
  private readonly resting = new Set<string>();
  private readonly sender: Sender;
  constructor(private readonly parts: LaneParts) {
    this.sender = new Sender(parts);
    parts.configuration.onChange(() => this.reconfigure());
  }

  /** Every lane takes its target as it is configured now; rows of a target that is gone go back and stay in MongoDB. */
  private reconfigure(): void {
    for (const [id, lane] of this.lanes) {
      const next = this.parts.configuration.target(id);
      if (next === lane.target) continue;
      if (next === undefined) {
        this.lanes.delete(id);
        this.leave(lane.stop().then(() => this.closePool(lane)));
      } else {
        if (next.options.sockets !== lane.target.options.sockets) this.renewPool(lane, next);
        lane.target = next;
        lane.admission.retarget(next);
      }
    }
  }

  private leave(end: Promise<void>): void {
    const noted = end
      .catch((error: unknown) => this.failed(error))
      .finally(() => this.leaving.delete(noted));
    this.leaving.add(noted);
  }

  /** The old sockets stay for the attempts that hold them already, then they close. */
  private renewPool(lane: Lane, { id, options }: Target): void {
    const old = this.pools.get(lane);
    this.pools.set(lane, this.parts.pool(id, options.sockets));
    if (!old) return;
    const close = (): void => {
      clearTimeout(timer);
      this.aging.delete(close);
      this.leave(old.close());
    };
    const timer = setTimeout(close, LONGEST_ATTEMPT_MS).unref();
    this.aging.add(close);
  }

  private closePool(lane: Lane): Promise<void> | undefined {
    const pool = this.pools.get(lane);
    this.pools.delete(lane);
    return pool?.close();
  }

  private failed(error: unknown): void {
    const err = error instanceof Error ? error.message : 'unknown';
    this.parts.log.warn({ err }, 'a lane met an error');
  }

  /** False in a process that only takes notifications. */
  delivers = true;

  private laneOf(id: string): Lane | undefined {
    const known = this.lanes.get(id);
    if (known) return known;
    const target = this.parts.configuration.target(id);
    if (!target) return undefined;
    const admission = new Admission(target, this.parts.breakers.partsFor(this.parts.clock));
    const from: { lane?: Lane } = {};
    const send: LaneWork['send'] = (claim, released) => this.sendFrom(from.lane, claim, released);
    const lane = new Lane(target, this.workFor(send), admission);
    from.lane = lane;
    this.pools.set(lane, this.parts.pool(id, target.options.sockets));
    this.lanes.set(id, lane);
    // Others may know already that the target is to be left alone.
    void admission.look();
    return lane;
  }

  private sendFrom(lane: Lane | undefined, claim: Claimed, released: () => void): Promise<void> {
    const pool = lane && this.pools.get(lane);
    if (!pool) return Promise.reject(new Error('the lane has no sockets'));
    return this.sender.send(claim, { target: lane.target, pool, lane }, released);
  }

  private workFor(send: LaneWork['send']): LaneWork {
    const { claims, clock } = this.parts;
    return {
      now: () => clock.now(),
      claim: (ids, wake, ahead) =>
        claims.take(ids, wake, ahead, (id) => this.parts.recent.take(id)),
      load: (batch) => claims.load(batch),
      giveBack: (batch, at) => claims.giveBack(batch, at),
      send,
      overflow: (ids, wake) => claims.decline(ids, wake),
      hungry: (target) => this.onHungry(target),
      failed: (error) => this.failed(error),
    };
  }

  mayClaim(target: string): boolean {
    if (this.retiring || !this.delivers || this.paused(target)) return false;
    return this.laneOf(target)?.takesNewborn ?? false;
  }

  pausedMs(target: string): number {
    return this.parts.states.pausedMs(target);
  }

  /** Whether a target is paused. Notes it, so that the end of the pause is noticed, too. */
  private paused(target: string): boolean {
    const paused = this.parts.states.paused(target);
    if (paused) this.resting.add(target);
    else if (this.resting.delete(target))
      this.lanes.get(target)?.admission.resumed(this.parts.clock.now());
    return paused;
  }

  /** Free places of a target's lane; 0 when paused, left alone or unknown. */
  room(target: string): number {
    return this.stopped || this.paused(target) ? 0 : (this.laneOf(target)?.room ?? 0);
  }

  /** More of a target's rows are due than were handed out: its lane asks again when it has room. */
  expectMore(target: string): void {
    this.laneOf(target)?.expectMore();
  }

  /** Places kept for accounts that have few ids in the lane, and the accounts that have many. */
  share(target: string): { readonly reserve: number; readonly crowd: readonly string[] } {
    const lane = this.stopped || this.paused(target) ? undefined : this.laneOf(target);
    return { reserve: lane?.reserve ?? 0, crowd: lane?.crowd ?? [] };
  }

  /** The breaker, or the partner's own wish, keeps everything from the target now. */
  held(target: string): boolean {
    return (this.laneOf(target)?.admission.heldUntil ?? 0) > 0;
  }

  take(job: DeliveryJob): void {
    const lane = this.laneOf(job.target);
    if (!lane) return this.handBack(job);
    this.parts.metrics.ledgerToQueue.observe(Math.max(0, this.parts.clock.now() - job.at));
    const { token } = job;
    if (token === undefined) {
      if (this.paused(job.target)) this.handBack(job);
      else lane.offer(job.ids, job.until, job.account);
      return;
    }
    const claims = job.ids.map((id) => this.withRecent({ id, token, until: job.until }));
    lane.accept(claims, job.account);
  }

  /** Another replica may know the target, or the end of its pause, a second earlier: the rows are due again for it. */
  private handBack({ ids, token, until }: DeliveryJob): void {
    const { claims } = this.parts;
    const mine = (own: string): Promise<void> =>
      claims.giveBack(ids.map((id) => ({ id, token: own, until })));
    const back = token === undefined ? claims.decline(ids, until) : mine(token);
    void back.catch((error: unknown) => this.failed(error));
  }

  private withRecent(claim: Claimed): Claimed {
    const recent = this.parts.recent.take(claim.id);
    if (recent && recent.row.token === claim.token) {
      claim.row = recent.row;
      claim.event = recent.event;
    }
    return claim;
  }

  /** Remembers what was committed, so that lanes of this process need not read it back. */
  remember(committed: Committed): void {
    if (!this.delivers) return;
    for (const row of committed.rows) {
      const event = committed.events.get(row.event);
      if (event) this.parts.recent.put(row, event);
    }
  }

  /** Housekeeping of every lane; call every 2 s. */
  async tend(): Promise<void> {
    const { metrics, skewMs, claims, children, clock, recent } = this.parts;
    recent.trim();
    metrics.clockSkewMs.set(skewMs());
    await Promise.all([...this.lanes.values()].map((lane) => lane.admission.look()));
    for (const [target, lane] of this.lanes) {
      metrics.breakerState.set({ target }, BREAKER_LEVEL[lane.admission.phase]);
      metrics.laneWaiting.set({ target }, lane.waiting);
      metrics.laneInFlight.set({ target }, lane.sending);
      await (this.paused(target) && lane.waiting > 0 ? lane.empty() : lane.giveBackLate());
    }
    await claims.giveBackOwed();
    await children.look(clock.now());
  }

  /** Ids waiting and requests on their way, over all lanes. */
  get load(): number {
    return [...this.lanes.values()].reduce((sum, lane) => sum + lane.waiting + lane.sending, 0);
  }

  /** Finishes what is in flight, gives the rest back, settles, closes the sockets. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.lanes.values()].map((lane) => lane.stop()));
    for (const close of this.aging) close();
    await Promise.all(this.leaving);
    await this.parts.settler.flush();
    await Promise.all([...this.pools.values()].map((pool) => pool.close().catch(() => undefined)));
  }
}
