import type { Configuration } from '../accounts/configuration.js';
import type { Target } from '../accounts/model.js';
import type { DeliveryDoc } from '../ledger/documents.js';
import type { Committed, BirthHook } from '../ledger/ledger.js';
import type { Clock } from '../platform/clock/clock.js';
import type { HttpPort } from '../platform/http/http-port.js';
import type { Log } from '../platform/log/log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import type { Settler } from '../settle/settler.js';
import type { TargetStates } from '../settle/target-states.js';
import type { Attempted, Attempts } from './attempt.js';
import type { Claimed, Claims } from './claims.js';
import { HeldChildren } from './held-children.js';
import { Lane, type LaneWork } from './lane.js';
import type { DeliveryJob, JobSink } from './queue.js';
import type { RecentDeliveries } from './recent.js';

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
}

/** All lanes of this process, and the way of an id through one of them. */
export class Lanes implements JobSink, BirthHook {
  private readonly lanes = new Map<string, Lane>();
  private readonly pools = new Map<string, HttpPort>();
  private stopped = false;
  /** Rows are born `due` from now on: this process will not be there to send them. */
  retiring = false;
  /** Set by the sweeper: called when a lane has room while MongoDB may hold more. */
  onHungry: (target: string) => void = () => undefined;

  constructor(private readonly parts: LaneParts) {}

  /** False in a process that only takes notifications. */
  delivers = true;

  private laneOf(id: string): Lane | undefined {
    const known = this.lanes.get(id);
    if (known) return known;
    const target = this.parts.configuration.target(id);
    if (!target) return undefined;
    const pool = this.parts.pool(id, target.options.sockets);
    this.pools.set(id, pool);
    const lane = new Lane(target, this.workFor(pool));
    this.lanes.set(id, lane);
    return lane;
  }

  private workFor(pool: HttpPort): LaneWork {
    const { claims, clock, log } = this.parts;
    return {
      now: () => clock.now(),
      claim: (ids, wake, ahead) =>
        claims.take(ids, wake, ahead, (id) => this.parts.recent.take(id)),
      load: (batch) => claims.load(batch),
      giveBack: (batch) => claims.giveBack(batch),
      send: (claim, released) => this.send(claim, pool, released),
      overflow: (ids, wake) => claims.decline(ids, wake),
      hungry: (target) => this.onHungry(target),
      failed: (error) =>
        log.warn(
          { err: error instanceof Error ? error.message : 'unknown' },
          'a lane met an error',
        ),
    };
  }

  mayClaim(target: string): boolean {
    if (this.retiring || !this.delivers || this.parts.states.paused(target)) return false;
    return this.laneOf(target)?.takesNewborn ?? false;
  }

  pausedMs(target: string): number {
    return this.parts.states.pausedMs(target);
  }

  /** Free places of a target's lane; 0 when paused or unknown. */
  room(target: string): number {
    if (this.stopped || this.parts.states.paused(target)) return 0;
    return this.laneOf(target)?.room ?? 0;
  }

  take(job: DeliveryJob): void {
    const lane = this.laneOf(job.target);
    if (!lane) return;
    this.parts.metrics.ledgerToQueue.observe(Math.max(0, this.parts.clock.now() - job.at));
    const { token } = job;
    if (token === undefined) {
      if (!this.parts.states.paused(job.target)) lane.offer(job.ids, job.until);
      return;
    }
    lane.accept(job.ids.map((id) => this.withRecent({ id, token, until: job.until })));
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
    for (const row of committed.rows) {
      const event = committed.events.get(row.event);
      if (event) this.parts.recent.put(row, event);
    }
  }

  private async send(claim: Claimed, pool: HttpPort, released: () => void): Promise<void> {
    const { row } = claim;
    const target = row && this.parts.configuration.target(row.target);
    if (!row || !target) return released();
    if (this.parts.states.paused(target.id)) {
      await this.parts.claims.giveBack([claim]);
      return released();
    }
    const attempted = await this.attempt(claim, target, pool);
    if (attempted) await this.settle(claim, row, attempted, released);
    else released();
  }

  /** A fault of ours before anything was sent: the claim goes back, and no crash is counted. */
  private async attempt(
    claim: Claimed,
    target: Target,
    pool: HttpPort,
  ): Promise<Attempted | undefined> {
    try {
      return await this.parts.attempts.run(claim, target, pool);
    } catch (error) {
      await this.parts.claims.giveBack([claim]).catch(() => undefined);
      throw error;
    }
  }

  private async settle(
    claim: Claimed,
    row: DeliveryDoc,
    attempted: Attempted,
    released: () => void,
  ): Promise<void> {
    const { transition } = attempted;
    this.tell(claim, attempted);
    if (transition.pause !== undefined) await this.pause(row.target, transition.pause);
    if (transition.gateUntil !== undefined) this.lanes.get(row.target)?.close(transition.gateUntil);
    // The lane keeps the id until the outcome is durable, so that a stale job cannot send it again meanwhile; the socket
    // is free at once.
    this.parts.settler.push({
      row,
      token: claim.token,
      until: claim.until,
      transition,
      done: () => {
        released();
        this.afterSettle(row._id, transition.final, attempted);
      },
    });
  }

  private afterSettle(id: string, final: boolean, { transition }: Attempted): void {
    if (final) this.parts.children.wake(id, this.parts.clock.now());
    else if (transition.set.state === 'held' && transition.set.parent !== undefined) {
      this.parts.children.add(transition.set.parent, id);
    }
  }

  private tell(claim: Claimed, { transition, result }: Attempted): void {
    const { row } = claim;
    if (!row) return;
    const { metrics, log } = this.parts;
    const { target } = row;
    if (transition.final)
      metrics.deliveries.inc({ target, state: transition.set.state ?? 'unknown' });
    if (result) {
      metrics.attempts.inc({ target, outcome: result.outcome.kind });
      if (result.ms > 0) metrics.attemptMs.observe({ target }, result.ms);
    }
    log.info(
      {
        delivery: row._id,
        event: row.event,
        type: row.type,
        target,
        attempt: row.attempts + transition.attempts,
        outcome: result?.outcome.kind ?? 'none',
        status: result?.status,
        ms: result?.ms,
        state: transition.set.state,
        reason: transition.set.reason,
        wakeAt: transition.set.wakeAt,
      },
      'attempt',
    );
  }

  private async pause(target: string, who: string): Promise<void> {
    const fresh = await this.parts.states.pause(target, who).catch(() => false);
    if (fresh)
      this.parts.log.error(
        { code: 'WB_TARGET_PAUSED', target, who },
        'the target is paused until somebody acts',
      );
    await this.lanes
      .get(target)
      ?.empty()
      .catch(() => undefined);
  }

  /** Housekeeping of every lane; call every 2 s. */
  async tend(): Promise<void> {
    const { metrics, skewMs } = this.parts;
    metrics.clockSkewMs.set(skewMs());
    for (const [target, lane] of this.lanes) {
      metrics.laneWaiting.set({ target }, lane.waiting);
      metrics.laneInFlight.set({ target }, lane.sending);
      if (this.parts.states.paused(target) && lane.waiting > 0) await lane.empty();
      else await lane.giveBackLate();
    }
  }

  /** Ids waiting and requests on their way, over all lanes. */
  get load(): number {
    let load = 0;
    for (const lane of this.lanes.values()) load += lane.waiting + lane.sending;
    return load;
  }

  /** Finishes what is in flight, gives the rest back, settles, closes the sockets. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.lanes.values()].map((lane) => lane.stop()));
    await this.parts.settler.flush();
    await Promise.all([...this.pools.values()].map((pool) => pool.close().catch(() => undefined)));
  }
}
