/**
 * When a target may be called again: not before a partner's Retry-After, and not faster than the configured rate. A
 * closed gate costs no attempt.
 */
export class Gate {
  private closedUntil = 0;
  private nextSlot = 0;

  /** `ratePerSecond`: null for no limit of ours. */
  constructor(
    private readonly ratePerSecond: number | null,
    private readonly now: () => number,
  ) {}

  /** The whole target waits until then, epoch ms. */
  close(until: number): void {
    this.closedUntil = Math.max(this.closedUntil, until);
  }

  /** The partner has not asked to be left alone. */
  get open(): boolean {
    return this.closedUntil <= this.now();
  }

  /** Milliseconds until the next request may go; 0 takes the slot. */
  take(): number {
    const now = this.now();
    const paced = this.ratePerSecond === null ? 0 : this.nextSlot - now;
    const wait = Math.max(this.closedUntil - now, paced);
    if (wait > 0) return wait;
    if (this.ratePerSecond !== null) {
      this.nextSlot = Math.max(this.nextSlot, now) + 1000 / this.ratePerSecond;
    }
    return 0;
  }
}
