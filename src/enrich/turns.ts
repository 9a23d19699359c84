import type { Account } from '../accounts/model.js';
import { defaultBurst, Pace } from '../deliver/pace.js';
import type { SharedValues } from '../platform/redis/shared-values.js';

/** Where the plugin names no rate: below the limits of every CRM that we know. */
const PER_SECOND = 5;
/** The pace asks Redis and wakes who waits; looked at again at the latest after this (milliseconds). */
const LOOK_MS = 50;

interface Turn {
  readonly pace: Pace;
  /** Who waits: places have come, ask again. */
  readonly waiting: Set<() => void>;
}

/** A token bucket per account over all replicas; while Redis is away, each replica keeps its part of it by itself. */
export class Turns {
  private readonly turns = new Map<string, Turn>();

  constructor(
    private readonly values: Pick<SharedValues, 'reserve'>,
    private readonly now: () => number,
  ) {}

  /** Resolves when one more request of this account may go. */
  async wait({ id, source }: Account): Promise<void> {
    const turn = this.turnOf(id, source.enrich?.ratePerSecond ?? PER_SECOND);
    for (let ms = turn.pace.take(1); ms > 0; ms = turn.pace.take(1)) await rest(turn, ms);
  }

  private turnOf(account: string, ratePerSecond: number): Turn {
    const known = this.turns.get(account);
    if (known) return known;
    const options = {
      target: `look-up:${account}`,
      ratePerSecond,
      burst: defaultBurst(ratePerSecond),
    };
    const { values, now } = this;
    const waiting = new Set<() => void>();
    // A place that nobody takes at its moment is gone: who waits must hear of it at once.
    const wake = (): void => {
      for (const ask of waiting) ask();
    };
    const turn = { pace: new Pace(options, { values, now, share: () => 1, wake }), waiting };
    this.turns.set(account, turn);
    return turn;
  }
}

/** Until places have come, or it is time to look again. */
function rest({ waiting }: Turn, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const ask = (): void => {
      clearTimeout(timer);
      waiting.delete(ask);
      resolve();
    };
    const timer = setTimeout(ask, Math.min(ms, LOOK_MS));
    waiting.add(ask);
  });
}
