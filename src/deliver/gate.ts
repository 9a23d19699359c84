/**
 * When a target may be called again: not before a partner's Retry-After, and not faster than the configured rate. A
 * closed gate costs no attempt.
 */
export class Gate {
  private closedUntil = 0;

  constructor(private readonly now: () => number) {}

  /** The whole target waits until then, epoch ms. */
  close(until: number): void {
    this.closedUntil = Math.max(this.closedUntil, until);
  }

  /** The partner has not asked to be left alone. */
  get open(): boolean {
    return this.closedUntil <= this.now();
  }

  /** Milliseconds until it opens; 0 when it is open. */
  get wait(): number {
    return Math.max(0, this.closedUntil - this.now());
  }
}
