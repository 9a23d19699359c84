import type { Provider } from '@nestjs/common';
import type { Clock } from '../platform/clock/clock.js';
import { randomId } from '../platform/ids/ids.js';
import type { Log } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { RedisStore } from '../platform/redis/redis-store.js';
import { SharedValues } from '../platform/redis/shared-values.js';
import { LOG } from '../platform/tokens.js';
import type { AdmissionParts } from './admission.js';
import { stateKey } from './breaker.js';
import {
  BREAKER,
  decode,
  type BreakerPhase,
  type BreakerSettings,
  type SharedTarget,
} from './breaker-rules.js';

/** Values of `waybill_breaker_state`. */
export const BREAKER_LEVEL: Readonly<Record<BreakerPhase, number>> = {
  closed: 0,
  'half-open': 1,
  open: 2,
};

/** What the breakers of all targets of a process have in common, and how they tell what they do. */
export class Breakers {
  private readonly holder = randomId();

  constructor(
    private readonly values: Pick<SharedValues, 'read' | 'swap' | 'reserve'>,
    private readonly metrics: Metrics,
    private readonly log: Log,
    private readonly settings: BreakerSettings = BREAKER,
  ) {}

  partsFor(clock: Clock): AdmissionParts {
    return {
      values: this.values,
      settings: this.settings,
      holder: this.holder,
      now: () => clock.now(),
      random: Math.random,
      turned: (target, phase, state) => this.turned(target, phase, state),
    };
  }

  /** What all replicas know of a target; undefined while Redis is away. For screens. */
  async stateOf(target: string): Promise<SharedTarget | undefined> {
    const text = await this.values.read(stateKey(target));
    return text === undefined ? undefined : decode(text);
  }

  private turned(target: string, phase: BreakerPhase, state: SharedTarget): void {
    this.metrics.breakerTransitions.inc({ target, state: phase });
    this.metrics.breakerState.set({ target }, BREAKER_LEVEL[phase]);
    const { opens, until } = state;
    if (phase === 'open') {
      const told = { code: 'WB_TARGET_BREAKER_OPEN', target, opens, until: new Date(until) };
      this.log.warn(told, 'the partner keeps failing: the target is left alone for a while');
    } else if (phase === 'closed')
      this.log.info({ target, breaker: phase }, 'the partner answers again');
    else
      this.log.info({ target, breaker: phase }, 'one delivery tries whether the partner is back');
  }
}

export const breakers = (settings: BreakerSettings): Provider => ({
  provide: Breakers,
  useFactory: (redis: RedisStore, metrics: Metrics, log: Log) =>
    new Breakers(new SharedValues(redis), metrics, log, settings),
  inject: [RedisStore, Metrics, LOG],
});
