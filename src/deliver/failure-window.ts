import type { BreakerSettings } from './breaker-rules.js';

const SLICES = 60;

/** Failures and answers of the last minute, in slices of a second: constant in time and memory per attempt. */
export class FailureWindow {
  private readonly good = new Int32Array(SLICES);
  private readonly bad = new Int32Array(SLICES);
  private goods = 0;
  private bads = 0;
  private row = 0;
  /** Number of the newest slice since the epoch. */
  private newest = 0;

  constructor(private readonly settings: BreakerSettings) {}

  private slide(now: number): number {
    const slice = Math.floor((now * SLICES) / this.settings.windowMs);
    const gone = Math.min(Math.max(0, slice - this.newest), SLICES);
    for (let i = 1; i <= gone; i += 1) {
      const at = (slice - gone + i) % SLICES;
      this.goods -= this.good[at] ?? 0;
      this.bads -= this.bad[at] ?? 0;
      this.good[at] = 0;
      this.bad[at] = 0;
    }
    this.newest = Math.max(this.newest, slice);
    return this.newest % SLICES;
  }

  /** The partner answered. */
  answered(now: number): void {
    const at = this.slide(now);
    this.good[at] = (this.good[at] ?? 0) + 1;
    this.goods += 1;
    this.row = 0;
  }

  /** The partner failed. True: that is too much, the breaker opens. */
  failed(now: number): boolean {
    const at = this.slide(now);
    this.bad[at] = (this.bad[at] ?? 0) + 1;
    this.bads += 1;
    this.row += 1;
    const { attempts, share, inARow } = this.settings;
    const all = this.goods + this.bads;
    // The small allowance is for shares that binary fractions cannot hold, such as 7 of 10.
    return this.row >= inARow || (all >= attempts && this.bads >= share * all - 1e-9);
  }

  /** Counting begins anew. */
  clear(): void {
    this.good.fill(0);
    this.bad.fill(0);
    [this.goods, this.bads, this.row] = [0, 0, 0];
  }
}
