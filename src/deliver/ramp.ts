/** Share of the usual rate that a target gets at once when it is back. */
const FIRST = 0.1;

/**
 * After a recovery, or the end of a pause, a target gets a tenth of what it usually gets, and all of it after `rampMs`.
 * A target that was never away has no ramp.
 */
export class Ramp {
  private since = 0;

  constructor(
    private readonly rampMs: number,
    private readonly now: () => number,
  ) {}

  /** It is back since then, epoch ms. */
  from(since: number): void {
    this.since = Math.max(this.since, since);
  }

  /** 0.1 to 1. */
  get share(): number {
    if (this.since === 0) return 1;
    const passed = (this.now() - this.since) / this.rampMs;
    if (passed >= 1) this.since = 0;
    return passed >= 1 ? 1 : FIRST + (1 - FIRST) * Math.max(0, passed);
  }
}
