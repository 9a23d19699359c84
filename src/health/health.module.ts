import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { Drain } from './drain.js';
import { HealthController } from './health.controller.js';
import { ReadinessCheck } from './readiness.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [
    Drain,
    {
      provide: ReadinessCheck,
      useFactory: (mongo: MongoStore, drain: Drain) => new ReadinessCheck(mongo, drain),
      inject: [MongoStore, Drain],
    },
  ],
  exports: [Drain, ReadinessCheck],
})
export class HealthModule {}
