import { Global, Module } from '@nestjs/common';
import { CLOCK, FAULT_POINT } from '../platform/tokens.js';
import type { Clock } from '../platform/clock/clock.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { Ledger, type FaultPoint } from './ledger.js';
import { LedgerStore } from './store.js';

@Global()
@Module({
  providers: [
    {
      provide: LedgerStore,
      useFactory: (mongo: MongoStore) => new LedgerStore(mongo),
      inject: [MongoStore],
    },
    {
      provide: Ledger,
      useFactory: (store: LedgerStore, clock: Clock, metrics: Metrics, fault: FaultPoint) =>
        new Ledger(store, clock, metrics, fault),
      inject: [LedgerStore, CLOCK, Metrics, FAULT_POINT],
    },
  ],
  exports: [LedgerStore, Ledger],
})
export class LedgerModule {}
