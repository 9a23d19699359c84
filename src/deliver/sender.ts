import type { Target } from '../accounts/model.js';
import type { DeliveryDoc } from '../ledger/documents.js';
import type { Clock } from '../platform/clock/clock.js';
import type { HttpPort } from '../platform/http/http-port.js';
import type { Log } from '../platform/log/log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import type { Settler } from '../settle/settler.js';
import type { TargetStates } from '../settle/target-states.js';
import { endRow } from '../settle/transition.js';
import type { Attempted, Attempts } from './attempt.js';
import type { Claimed, Claims } from './claims.js';
import type { HeldChildren } from './held-children.js';
import type { Lane } from './lane.js';
import { isStoreFault, LATER_MS, lastChance, MAX_CRASHES, STUMBLE_MS, Turn } from './suspects.js';
import { verdictOf } from './verdict.js';

export interface SenderParts {
  readonly claims: Claims;
  readonly attempts: Attempts;
  readonly settler: Settler;
  readonly states: TargetStates;
  readonly children: HeldChildren;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Where a delivery is sent from: its lane's target and sockets, and the lane itself, which learns how it went. */
export interface From {
  readonly target: Target;
  readonly pool: HttpPort;
  readonly lane: Pick<Lane, 'admission' | 'empty'>;
}

/** One claimed delivery from the lane to the settler: attempt, what it says about the target, log and metrics. */
export class Sender {
  private readonly alone = new Turn();

  constructor(private readonly parts: SenderParts) {}

  /** Resolves when the socket is free; `released` is called once the row may be offered again. */
  async send(claim: Claimed, from: From, released: () => void): Promise<void> {
    const { row } = claim;
    if (row && !this.parts.states.paused(from.target.id)) {
      return lastChance(row)
        ? this.sendAlone(claim, row, from, released)
        : this.attempt(claim, row, from, released);
    }
    from.lane.admission.record('no-contact');
    if (row) await this.parts.claims.giveBack([claim]);
    released();
  }

  /** One more crash would end it, so no other delivery like it is under way in this process, and it is marked as begun. */
  private async sendAlone(
    claim: Claimed,
    row: DeliveryDoc,
    from: From,
    released: () => void,
  ): Promise<void> {
    const { claims, clock } = this.parts;
    if (!this.alone.take()) {
      from.lane.admission.record('no-contact');
      await claims.giveBack([claim], clock.now() + LATER_MS);
      return released();
    }
    const over = () => {
      this.alone.leave();
      released();
    };
    try {
      if (await claims.markBegun(claim)) return await this.attempt(claim, row, from, over);
      from.lane.admission.record('no-contact');
      over();
    } catch (error) {
      this.alone.leave();
      throw error;
    }
  }

  private async attempt(
    claim: Claimed,
    row: DeliveryDoc,
    from: From,
    released: () => void,
  ): Promise<void> {
    let attempted: Attempted | undefined;
    try {
      attempted = await this.parts.attempts.run(claim, from.target, from.pool);
    } catch (error) {
      from.lane.admission.record('no-contact');
      await this.fellOver(claim, row, error, released);
      throw error;
    }
    from.lane.admission.record(verdictOf(attempted?.result));
    if (attempted) await this.settle(claim, row, from, attempted, released);
    else released();
  }

  /** A fault of ours before an outcome. MongoDB's counts against nobody; a row that our code cannot handle is a crash. */
  private async fellOver(
    claim: Claimed,
    row: DeliveryDoc,
    error: unknown,
    released: () => void,
  ): Promise<void> {
    const { claims, clock } = this.parts;
    if (isStoreFault(error)) return claims.giveBack([claim]).catch(() => undefined);
    if (!lastChance(row)) {
      const later = clock.now() + STUMBLE_MS * (row.crashes + 1);
      return claims.stumble(claim, later).catch(() => undefined);
    }
    this.quarantine(claim, row, released);
  }

  private quarantine(claim: Claimed, row: DeliveryDoc, released: () => void): void {
    const { log, clock } = this.parts;
    log.error(
      { code: 'WB_DELIVERY_POISON', target: row.target, deliveries: [row._id] },
      `quarantined: it fell over ${MAX_CRASHES} times`,
    );
    const transition = endRow('dead', 'poison', clock.now());
    this.tell(row, { transition });
    this.push(claim, row, { transition }, released);
  }

  private async settle(
    claim: Claimed,
    row: DeliveryDoc,
    from: From,
    attempted: Attempted,
    released: () => void,
  ): Promise<void> {
    const { transition } = attempted;
    this.tell(row, attempted);
    if (transition.pause !== undefined) await this.pause(from, transition.pause);
    if (transition.gateUntil !== undefined) from.lane.admission.close(transition.gateUntil);
    this.push(claim, row, attempted, released);
  }

  /** The lane keeps the id until the outcome is durable: a stale job cannot send it again. The socket is free at once. */
  private push(claim: Claimed, row: DeliveryDoc, { transition }: Attempted, released: () => void) {
    this.parts.settler.push({
      row,
      token: claim.token,
      until: claim.until,
      transition,
      done: () => {
        released();
        if (transition.final) this.parts.children.wake(row._id, this.parts.clock.now());
        else if (transition.set.state === 'held' && transition.set.parent !== undefined)
          this.parts.children.add(transition.set.parent, row._id);
      },
    });
  }

  private tell(row: DeliveryDoc, { transition, result }: Attempted): void {
    const { metrics, log } = this.parts;
    const { target } = row;
    if (transition.set.state === 'uncertain') metrics.uncertain.inc({ target });
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
        account: row.account,
        target,
        route: row.route,
        replayOf: row.replayOf,
        attempt: row.attempts + transition.attempts,
        outcome: result?.outcome.kind ?? 'none',
        status: result?.status,
        ms: result?.ms,
        state: transition.set.state,
        // A refusal's reason may quote the partner, and with it a person; the row keeps it, a log must not.
        reason: transition.set.state === 'refused' ? undefined : transition.set.reason,
        wakeAt: transition.set.wakeAt,
      },
      'attempt',
    );
  }

  private async pause({ target, lane }: From, who: string): Promise<void> {
    const fresh = await this.parts.states.pause(target.id, who).catch(() => false);
    if (fresh)
      this.parts.log.error(
        { code: 'WB_TARGET_PAUSED', target: target.id, who },
        'the target is paused until somebody acts',
      );
    await lane.empty().catch(() => undefined);
  }
}
