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

/** The machine's clock as it was when this process began, and since then a counter that nobody can set. */
export class SteadyClock implements Clock {
  now(): number {
    return performance.timeOrigin + performance.now();
  }
}

/** A difference beyond this (milliseconds) that no slow answer explains: somebody set the store's clock, or we slept. */
const STEP_MS = 1000;

/**
 * Follows MongoDB's clock (`hello.localTime`) by a smoothed offset, so that all replicas agree on due times however
 * their own clocks run or are set. Each sample moves the offset by a quarter of the difference; the first, and those
 * that show a step, by all of it.
 */
export class StoreClock implements Clock {
  private offset = 0;
  private sampled = false;

  /** `steady`: what runs between samples, and what `sample` is told in. `machine`: only compared, see `skewMs`. */
  constructor(
    readonly steady: Clock = new SteadyClock(),
    private readonly machine: Clock = new SystemClock(),
  ) {}

  now(): number {
    return Math.round(this.steady.now() + this.offset);
  }

  /** `storeTime`: the store's epoch ms, read between the steady clock's times `before` and `after`. */
  sample(storeTime: number, before: number, after: number): void {
    const off = storeTime - (before + after) / 2 - this.offset;
    const step = Math.abs(off) > STEP_MS + (after - before);
    this.offset += this.sampled && !step ? off / 4 : off;
    this.sampled = true;
  }

  /** Milliseconds that the store is ahead of this machine's clock. */
  get skewMs(): number {
    return Math.round(this.now() - this.machine.now());
  }
}
