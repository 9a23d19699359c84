/** Where every due time and age comes from. Injected, so that 72 hours pass in a test without waiting. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

/** The machine's own clock. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }
}

/**
 * Follows MongoDB's clock (`hello.localTime`) by a smoothed offset, so that all replicas agree on due times however
 * their own clocks run. Never jumps: each sample moves the offset by a quarter of the difference, except the first.
 */
export class StoreClock implements Clock {
  private offset = 0;
  private sampled = false;

  constructor(private readonly local: Clock = new SystemClock()) {}

  now(): number {
    return Math.round(this.local.now() + this.offset);
  }

  /** `storeTime`: the store's epoch ms, read between local times `before` and `after`. */
  sample(storeTime: number, before: number, after: number): void {
    const seen = storeTime - (before + after) / 2;
    this.offset = this.sampled ? this.offset + (seen - this.offset) / 4 : seen;
    this.sampled = true;
  }

  /** Milliseconds that the store is ahead of this machine. */
  get skewMs(): number {
    return Math.round(this.offset);
  }
}
