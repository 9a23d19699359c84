import type { SharedValues } from '../platform/redis/shared-values.js';
import {
  CLOSED,
  decode,
  encode,
  keepMs,
  phaseOf,
  recover,
  relapse,
  shut,
  takeProbe,
  trip,
  type BreakerPhase,
  type BreakerSettings,
  type Change,
  type SharedTarget,
} from './breaker-rules.js';
import { FailureWindow } from './failure-window.js';
import type { Verdict } from './verdict.js';

/** A failure makes a replica look what the others know, but not more often than this (milliseconds). */
const LOOK_MS = 500;
const SWAP_TRIES = 3;

/** The part of the shared values that a breaker needs. */
export type StateValues = Pick<SharedValues, 'read' | 'swap'>;

export const stateKey = (target: string): string => `waybill-target:${target}`;

export interface BreakerParts {
  readonly values: StateValues;
  readonly settings: BreakerSettings;
  /** Unique among all processes. */
  readonly holder: string;
  readonly now: () => number;
  readonly random: () => number;
  /** This process changed the phase for all. */
  readonly turned: (target: string, phase: BreakerPhase, state: SharedTarget) => void;
}

/**
 * The breaker of one target as one process sees it: counts of its own, a state shared by all through Redis. While Redis
 * is away, or the state lost or malformed, it lets everything through. Nothing here is awaited by a delivery.
 */
export class Breaker {
  private shared = CLOSED;
  private text = '';
  private readonly window: FailureWindow;
  private probing = false;
  private asking = false;
  private lookedAt = 0;
  /** Called whenever what is known has changed. */
  onChange: (state: SharedTarget) => void = () => undefined;

  constructor(
    private readonly target: string,
    private readonly parts: BreakerParts,
  ) {
    this.window = new FailureWindow(parts.settings);
  }

  get phase(): BreakerPhase {
    return phaseOf(this.shared, this.parts.now());
  }

  /** No ramp and no probe: as if there were no breaker. */
  get closed(): boolean {
    return this.shared.opens === 0;
  }

  private get ours(): boolean {
    const { probe, probeUntil } = this.shared;
    return probe === this.parts.holder && probeUntil > this.parts.now();
  }

  /** Nothing goes before this, epoch ms: the window's end, or that of another's probe. 0: something may. */
  get heldUntil(): number {
    const { opens, until, probe, probeUntil } = this.shared;
    if (opens === 0) return 0;
    const now = this.parts.now();
    if (until > now) return until;
    return probe !== '' && probeUntil > now && probe !== this.parts.holder ? probeUntil : 0;
  }

  /** One request may go now. After a window only the holder of the probe may, once; the first ask applies for it. */
  go(): boolean {
    if (this.closed) return true;
    if (this.heldUntil > 0) return false;
    if (!this.ours) {
      this.apply();
      return false;
    }
    if (this.probing) return false;
    this.probing = true;
    return true;
  }

  private apply(): void {
    if (this.asking) return;
    this.asking = true;
    this.probing = false;
    const { holder, settings } = this.parts;
    void this.change(takeProbe(holder, settings)).finally(() => {
      this.asking = false;
      this.onChange(this.shared);
    });
  }

  /** What an attempt told about the partner. Returns when that is said, not when it is shared. */
  record(verdict: Verdict): void {
    if (!this.closed) return this.judgeProbe(verdict);
    const now = this.parts.now();
    if (verdict === 'answered') this.window.answered(now);
    if (verdict !== 'failed') return;
    if (this.window.failed(now)) {
      this.window.clear();
      void this.change(trip(this.parts.settings, this.parts.random()));
    } else if (now - this.lookedAt >= LOOK_MS) void this.look();
  }

  private judgeProbe(verdict: Verdict): void {
    if (!this.ours || !this.probing) return;
    if (verdict === 'no-contact') {
      // Nothing was asked of the partner: the next delivery may be the probe.
      this.probing = false;
      return;
    }
    const { holder, settings, random } = this.parts;
    const next = verdict === 'failed' ? relapse(holder, settings, random()) : recover(holder);
    void this.change(next);
  }

  /** The partner wants no request before `until`, epoch ms. */
  shut(until: number): void {
    void this.change(shut(until));
  }

  /** Reads what the others know. Never throws. */
  async look(): Promise<void> {
    this.lookedAt = this.parts.now();
    this.adopt((await this.parts.values.read(stateKey(this.target))) ?? '');
  }

  private async change(next: Change): Promise<void> {
    const { values, settings, now } = this.parts;
    for (let i = 0; i < SWAP_TRIES; i += 1) {
      const at = now();
      const wanted = next(this.shared, at);
      if (!wanted) return;
      const kept = keepMs(wanted, at, settings);
      const key = stateKey(this.target);
      const swapped = await values.swap(key, this.text, encode(wanted), kept);
      const before = phaseOf(this.shared, at);
      this.adopt(swapped?.value ?? '');
      if (swapped?.done) return this.tell(before, wanted);
      if (!swapped) return;
    }
  }

  private tell(before: BreakerPhase, state: SharedTarget): void {
    const after = phaseOf(state, this.parts.now());
    const probeTaken = after === 'half-open' && state.probe === this.parts.holder;
    if (after !== before || probeTaken) this.parts.turned(this.target, after, state);
  }

  private adopt(text: string): void {
    if (text === this.text) return;
    const before = this.shared;
    this.text = text;
    this.shared = decode(text);
    // What was counted belongs to the time before.
    if (before.opens !== this.shared.opens) this.window.clear();
    this.onChange(this.shared);
  }
}
