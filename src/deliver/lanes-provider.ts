import type { Provider } from '@nestjs/common';
import { Configuration } from '../accounts/configuration.js';
import { LedgerStore } from '../ledger/store.js';
import type { Clock } from '../platform/clock/clock.js';
import { OutboundGuard } from '../platform/http/outbound-guard.js';
import { TargetPool } from '../platform/http/pool-transport.js';
import type { Log } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { CLOCK, LOG } from '../platform/tokens.js';
import { Settler } from '../settle/settler.js';
import { TargetStates } from '../settle/target-states.js';
import { Attempts } from './attempt.js';
import { Breakers } from './breakers.js';
import { Claims } from './claims.js';
import { HeldChildren } from './held-children.js';
import { Lanes } from './lanes.js';
import { RecentDeliveries } from './recent.js';
import { LANES } from './tokens.js';

export const lanes: Provider = {
  provide: LANES,
  useFactory: (
    configuration: Configuration,
    claims: Claims,
    attempts: Attempts,
    settler: Settler,
    states: TargetStates,
    store: LedgerStore,
    guard: OutboundGuard,
    clock: Clock,
    metrics: Metrics,
    log: Log,
    breakers: Breakers,
  ) =>
    new Lanes({
      configuration,
      claims,
      attempts,
      settler,
      states,
      recent: new RecentDeliveries(),
      children: new HeldChildren(store),
      clock,
      metrics,
      log,
      skewMs: () => store.mongo.clock.skewMs,
      pool: (_target, sockets) => new TargetPool(guard, { sockets }),
      breakers,
    }),
  inject: [
    Configuration,
    Claims,
    Attempts,
    Settler,
    TargetStates,
    LedgerStore,
    OutboundGuard,
    CLOCK,
    Metrics,
    LOG,
    Breakers,
  ],
};
