import type { Account } from '../accounts/model.js';
import { defaultBurst, Pace } from '../deliver/pace.js';
import type { SharedValues } from '../platform/redis/shared-values.js';

/** Where the plugin names no rate: below the limits of every CRM that we know. */
const PER_SECOND = 5;
/** The pace asks Redis and wakes who waits; looked at again at the latest after this (milliseconds). */
const LOOK_MS = 50;

/** A token bucket per account over all replicas; while Redis is away, each replica keeps its part of it by itself. */
export class Turns {
  private readonly paces = new Map<string, Pace>();

  constructor(
    private readonly values: Pick<SharedValues, 'reserve'>,
    private readonly now: () => number,
  ) {}

  /** Resolves when one more request of this account may go. */
  async wait({ id, source }: Account): Promise<void> {
    const pace = this.paceOf(id, source.enrich?.ratePerSecond ?? PER_SECOND);
    for (let ms = pace.take(1); ms > 0; ms = pace.take(1))
      await new Promise((resolve) => setTimeout(resolve, Math.min(ms, LOOK_MS)));
  }

  private paceOf(account: string, ratePerSecond: number): Pace {
    const known = this.paces.get(account);
    if (known) return known;
    const options = {
      target: `look-up:${account}`,
      ratePerSecond,
      burst: defaultBurst(ratePerSecond),
    };
    const { values, now } = this;
    const pace = new Pace(options, { values, now, share: () => 1, wake: () => undefined });
    this.paces.set(account, pace);
    return pace;
  }
}
