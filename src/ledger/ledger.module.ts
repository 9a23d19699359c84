import { Global, Module } from '@nestjs/common';
import { CLOCK, FAULT_POINT, LOG } from '../platform/tokens.js';
import type { Clock } from '../platform/clock/clock.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { playsNextVersion } from '../platform/fault/next-schema.js';
import { ProcessConfig } from '../platform/config/index.js';
import type { Log } from '../platform/log/log.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { Ledger, type FaultPoint } from './ledger.js';
import { stampNext } from './schema/next-migration.js';
import { schemaOptions } from './schema/schema-options.js';
import { SchemaGate } from './schema/schema-gate.js';
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
      useFactory: (
        store: LedgerStore,
        clock: Clock,
        metrics: Metrics,
        fault: FaultPoint,
        config: ProcessConfig,
      ) => {
        const ledger = new Ledger(store, clock, metrics, fault);
        if (playsNextVersion(config.fault)) ledger.stamp = stampNext;
        return ledger;
      },
      inject: [LedgerStore, CLOCK, Metrics, FAULT_POINT, ProcessConfig],
    },
    {
      provide: SchemaGate,
      useFactory: (mongo: MongoStore, ledger: Ledger, log: Log, config: ProcessConfig) =>
        new SchemaGate({
          mongo,
          ledger,
          log,
          mode: config.migrate,
          options: schemaOptions(config),
        }),
      inject: [MongoStore, Ledger, LOG, ProcessConfig],
    },
  ],
  exports: [LedgerStore, Ledger, SchemaGate],
})
export class LedgerModule {}
