import { Module } from '@nestjs/common';
import { Configuration } from '../accounts/configuration.js';
import { Redirect } from '../clicks/redirect.js';
import { Ledger } from '../ledger/ledger.js';
import { Normalizer } from '../normalize/normalizer.js';
import type { Clock } from '../platform/clock/clock.js';
import type { Log } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { CLOCK, LOG } from '../platform/tokens.js';
import { Materials } from '../verify/materials.js';
import { Verifier } from '../verify/verifier.js';
import { ClickEvents } from './click-events.js';
import { Door } from './door.js';

@Module({
  providers: [
    {
      provide: Door,
      useFactory: (
        configuration: Configuration,
        verifier: Verifier,
        materials: Materials,
        normalizer: Normalizer,
        ledger: Ledger,
        clock: Clock,
        metrics: Metrics,
        log: Log,
      ) =>
        new Door({ configuration, verifier, materials, normalizer, ledger, clock, metrics, log }),
      inject: [Configuration, Verifier, Materials, Normalizer, Ledger, CLOCK, Metrics, LOG],
    },
    {
      provide: ClickEvents,
      useFactory: (
        configuration: Configuration,
        redirect: Redirect,
        normalizer: Normalizer,
        ledger: Ledger,
        clock: Clock,
        log: Log,
      ) => new ClickEvents({ configuration, redirect, normalizer, ledger, clock, log }),
      inject: [Configuration, Redirect, Normalizer, Ledger, CLOCK, LOG],
    },
  ],
  exports: [Door, ClickEvents],
})
export class IngestModule {}
