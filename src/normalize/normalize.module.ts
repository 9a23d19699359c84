import { Global, Module } from '@nestjs/common';
import { Configuration } from '../accounts/configuration.js';
import { Judge } from '../clicks/judge.js';
import { ClickExpiry } from '../clicks/expiry.js';
import { Touches } from '../clicks/touches.js';
import { Ledger } from '../ledger/ledger.js';
import { LedgerStore } from '../ledger/store.js';
import type { Clock } from '../platform/clock/clock.js';
import type { Log } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { ProcessKey } from '../platform/secrets/process-key.js';
import { CLOCK, LOG } from '../platform/tokens.js';
import { Planner } from '../route/planner.js';
import { ClickTender } from './click-tender.js';
import { LateAttribution } from './late-attribution.js';
import { Normalizer } from './normalizer.js';
import { OrderImport } from './order-import.js';
import { Reprocessor } from './reprocess.js';
import { Repair } from './repair.js';

@Global()
@Module({
  providers: [
    {
      provide: Normalizer,
      useFactory: (planner: Planner, key: ProcessKey, log: Log) =>
        new Normalizer(planner, key, log),
      inject: [Planner, ProcessKey, LOG],
    },
    {
      provide: Reprocessor,
      useFactory: (
        configuration: Configuration,
        normalizer: Normalizer,
        ledger: Ledger,
        clock: Clock,
        imports: OrderImport,
      ) => new Reprocessor(configuration, normalizer, ledger, clock, imports),
      inject: [Configuration, Normalizer, Ledger, CLOCK, OrderImport],
    },
    {
      provide: OrderImport,
      useFactory: (
        configuration: Configuration,
        normalizer: Normalizer,
        ledger: Ledger,
        clock: Clock,
      ) => new OrderImport({ configuration, normalizer, ledger, clock }),
      inject: [Configuration, Normalizer, Ledger, CLOCK],
    },
    {
      provide: Repair,
      useFactory: (
        ledger: Ledger,
        reprocessor: Reprocessor,
        clock: Clock,
        metrics: Metrics,
        log: Log,
      ) => new Repair(ledger, reprocessor, clock, metrics, log),
      inject: [Ledger, Reprocessor, CLOCK, Metrics, LOG],
    },
    {
      provide: LateAttribution,
      useFactory: (
        store: LedgerStore,
        judge: Judge,
        touches: Touches,
        planner: Planner,
        clock: Clock,
        metrics: Metrics,
      ) => new LateAttribution({ store, judge, touches, planner, clock, metrics }),
      inject: [LedgerStore, Judge, Touches, Planner, CLOCK, Metrics],
    },
    {
      provide: ClickTender,
      useFactory: (late: LateAttribution, expiry: ClickExpiry, clock: Clock) =>
        new ClickTender(late, expiry, clock),
      inject: [LateAttribution, ClickExpiry, CLOCK],
    },
  ],
  exports: [Normalizer, OrderImport, Reprocessor, Repair, LateAttribution, ClickTender],
})
export class NormalizeModule {}
