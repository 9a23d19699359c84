import type { Target } from '../accounts/model.js';
import type { SharedValues } from '../platform/redis/shared-values.js';
import { Breaker, type BreakerParts } from './breaker.js';
import type { BreakerPhase } from './breaker-rules.js';
import { Gate } from './gate.js';
import { defaultBurst, Pace } from './pace.js';
import { Ramp } from './ramp.js';
import type { Verdict } from './verdict.js';

/** A gate that stays shut for longer than this (milliseconds) sends what waits back to MongoDB. */
const LONG_MS = 10_000;
/** While a probe is applied for or on its way; its outcome wakes the lane earlier. */
const PROBE_MS = 250;

export interface AdmissionParts extends BreakerParts {
  readonly values: SharedValues | (BreakerParts['values'] & Pick<SharedValues, 'reserve'>);
}

/** How much of its lane a target may get now: breaker, Retry-After, rate, ramp. Everything here answers at once. */
export class Admission {
  private readonly breaker: Breaker;
  private readonly gate: Gate;
  private readonly ramp: Ramp;
  private pace: Pace | undefined;
  private readonly now: () => number;
  /** Set by the lane: something has changed, look again. */
  onChange: () => void = () => undefined;

  constructor(
    private target: Target,
    private readonly parts: AdmissionParts,
  ) {
    const now = () => parts.now();
    this.now = now;
    const { id } = target;
    this.gate = new Gate(now);
    this.ramp = new Ramp(parts.settings.rampMs, now);
    this.breaker = new Breaker(id, parts);
    this.breaker.onChange = ({ since, gate }) => {
      this.ramp.from(since);
      this.gate.close(gate);
      this.onChange();
    };
    this.pace = this.paceOf(target);
  }

  private paceOf({ id, options }: Target): Pace | undefined {
    const { ratePerSecond } = options;
    if (ratePerSecond === null) return undefined;
    const burst = options.burst ?? defaultBurst(ratePerSecond);
    return new Pace(
      { target: id, ratePerSecond, burst },
      {
        values: this.parts.values,
        now: this.now,
        share: () => this.ramp.share,
        wake: () => this.onChange(),
      },
    );
  }

  /** Sockets and rate of a changed configuration; what the breaker has learnt of the partner stays. */
  retarget(next: Target): void {
    const { ratePerSecond, burst } = this.target.options;
    const paced = next.options.ratePerSecond === ratePerSecond && next.options.burst === burst;
    this.target = next;
    if (!paced) this.pace = this.paceOf(next);
    this.onChange();
  }

  get phase(): BreakerPhase {
    return this.breaker.phase;
  }

  /** Nothing goes before this, epoch ms, and nothing is to be held for it here; 0: something may go. */
  get heldUntil(): number {
    const { wait } = this.gate;
    const shut = wait > LONG_MS ? this.now() + wait : 0;
    return Math.max(this.breaker.heldUntil, shut);
  }

  /** No breaker has opened, or it has closed again. */
  get closed(): boolean {
    return this.breaker.closed;
  }

  /** Rows may be born claimed, or claimed before a socket is free. */
  get free(): boolean {
    return this.breaker.closed && this.gate.open;
  }

  /** Requests that may be on their way at once. */
  get sockets(): number {
    if (!this.breaker.closed) return 1;
    const { sockets } = this.target.options;
    const { share } = this.ramp;
    return share === 1 ? sockets : Math.max(1, Math.floor(sockets * share));
  }

  /** Milliseconds until the next request may go; 0 takes its place. `waiting`: requests that want to go, this one included. */
  take(waiting: number): number {
    const shut = this.gate.wait;
    if (shut > 0) return shut;
    const paced = this.breaker.closed ? (this.pace?.take(waiting) ?? 0) : 0;
    if (paced > 0) return paced;
    return this.breaker.go() ? 0 : PROBE_MS;
  }

  /** What an attempt told about the partner. */
  record(verdict: Verdict): void {
    this.breaker.record(verdict);
  }

  /** A partner's Retry-After, epoch ms: heard here at once, by all replicas within two seconds. */
  close(until: number): void {
    this.gate.close(until);
    this.breaker.shut(until);
  }

  /** The target runs again after a pause: gently. */
  resumed(now: number): void {
    this.ramp.from(now);
  }

  /** Reads what other replicas know; call every 2 s. Never throws. */
  look(): Promise<void> {
    return this.breaker.look();
  }
}
