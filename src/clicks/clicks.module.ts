import { Global, Module } from '@nestjs/common';
import { Configuration } from '../accounts/configuration.js';
import { LedgerStore } from '../ledger/store.js';
import type { Clock } from '../platform/clock/clock.js';
import type { Log } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { CLOCK, LOG } from '../platform/tokens.js';
import { ClickAttribution } from './click-attribution.js';
import { ClickExpiry } from './expiry.js';
import { ClickWriter } from './click-writer.js';
import { Judge } from './judge.js';
import { Redirect } from './redirect.js';
import { Rules } from './rules.js';
import { Touches } from './touches.js';

@Global()
@Module({
  providers: [
    {
      provide: Rules,
      useFactory: (configuration: Configuration) => new Rules(configuration),
      inject: [Configuration],
    },
    {
      provide: Touches,
      useFactory: (store: LedgerStore) => new Touches(store),
      inject: [LedgerStore],
    },
    {
      provide: Judge,
      useFactory: (rules: Rules, touches: Touches) => new Judge(rules, touches),
      inject: [Rules, Touches],
    },
    {
      provide: ClickAttribution,
      useFactory: (judge: Judge, touches: Touches, clock: Clock) =>
        new ClickAttribution(judge, touches, clock),
      inject: [Judge, Touches, CLOCK],
    },
    {
      provide: ClickWriter,
      useFactory: (store: LedgerStore, metrics: Metrics, log: Log) =>
        new ClickWriter(store, metrics, log),
      inject: [LedgerStore, Metrics, LOG],
    },
    {
      provide: Redirect,
      useFactory: (configuration: Configuration, writer: ClickWriter, clock: Clock) =>
        new Redirect(configuration, writer, clock),
      inject: [Configuration, ClickWriter, CLOCK],
    },
    {
      provide: ClickExpiry,
      useFactory: (store: LedgerStore) => new ClickExpiry(store),
      inject: [LedgerStore],
    },
  ],
  exports: [Judge, Touches, ClickAttribution, ClickWriter, Redirect, ClickExpiry],
})
export class ClicksModule {}
