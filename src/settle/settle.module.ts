import { Global, Module } from '@nestjs/common';
import { LedgerStore } from '../ledger/store.js';
import type { Clock } from '../platform/clock/clock.js';
import type { FaultPointName } from '../platform/fault/fault-point.js';
import type { Log } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { CLOCK, FAULT_POINT, LOG } from '../platform/tokens.js';
import { Settler } from './settler.js';
import { TargetStates } from './target-states.js';

@Global()
@Module({
  providers: [
    {
      provide: Settler,
      useFactory: (
        store: LedgerStore,
        clock: Clock,
        metrics: Metrics,
        log: Log,
        fault: (name: FaultPointName) => void,
      ) => new Settler(store, () => clock.now(), metrics, log, fault),
      inject: [LedgerStore, CLOCK, Metrics, LOG, FAULT_POINT],
    },
    {
      provide: TargetStates,
      useFactory: (mongo: MongoStore, clock: Clock, metrics: Metrics) =>
        new TargetStates(mongo, () => clock.now(), metrics),
      inject: [MongoStore, CLOCK, Metrics],
    },
  ],
  exports: [Settler, TargetStates],
})
export class SettleModule {}
