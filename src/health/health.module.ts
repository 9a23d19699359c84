import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Configuration } from '../accounts/configuration.js';
import { VERSION } from '../platform/version.js';
import { SchemaGate } from '../ledger/schema/schema-gate.js';
import { ProcessConfig } from '../platform/config/index.js';
import type { Log } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { RedisStore } from '../platform/redis/redis-store.js';
import { LOG } from '../platform/tokens.js';
import { Drain } from './drain.js';
import { HealthController } from './health.controller.js';
import { ProcessSignals } from './process-signals.js';
import { ReadinessCheck } from './readiness.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [
    Drain,
    {
      provide: ReadinessCheck,
      useFactory: (mongo: MongoStore, drain: Drain, schema: SchemaGate) =>
        new ReadinessCheck(mongo, drain, schema),
      inject: [MongoStore, Drain, SchemaGate],
    },
    {
      provide: ProcessSignals,
      useFactory: (
        mongo: MongoStore,
        redis: RedisStore,
        readiness: ReadinessCheck,
        configuration: Configuration,
        metrics: Metrics,
        log: Log,
        { role }: ProcessConfig,
      ) =>
        new ProcessSignals({
          ...{ mongo, redis, readiness, configuration, metrics, log, role },
          version: VERSION,
        }),
      inject: [MongoStore, RedisStore, ReadinessCheck, Configuration, Metrics, LOG, ProcessConfig],
    },
  ],
  exports: [Drain, ReadinessCheck],
})
export class HealthModule {}
