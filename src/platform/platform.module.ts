import {
  Global,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ValueProvider,
} from '@nestjs/common';
import { getConnectionToken, MongooseModule } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import type { Clock } from './clock/clock.js';
import { ProcessConfig } from './config/index.js';
import { faultPoint } from './fault/fault-point.js';
import { axiosTransport } from './http/axios-transport.js';
import { OutboundGuard } from './http/outbound-guard.js';
import type { Log } from './log/log.js';
import { Metrics } from './metrics/metrics.js';
import { MONGO_OPTIONS, MongoStore } from './mongo/mongo-store.js';
import { RedisStore } from './redis/redis-store.js';
import { loadProcessKey, ProcessKey } from './secrets/process-key.js';
import { CLOCK, FAULT_POINT, LOG, LOOKUPS } from './tokens.js';

export interface PlatformParts {
  readonly config: ProcessConfig;
  readonly log: Log;
  readonly guard: OutboundGuard;
  readonly mongodbUri: string;
  readonly redisUrl: string;
  /** Instead of MongoDB's: lets 72 hours pass in seconds. */
  readonly clock?: Clock;
}

type FullProvider = FactoryProvider | ValueProvider;

const mongoose = (uri: string): DynamicModule =>
  MongooseModule.forRoot(uri, {
    ...MONGO_OPTIONS,
    lazyConnection: true,
    connectionFactory: (connection: Connection) => {
      // The store keeps trying by itself; the first refusal must not end the process.
      connection.asPromise().catch(() => undefined);
      return connection;
    },
  });

function providers(parts: PlatformParts): FullProvider[] {
  const { config, log, guard, mongodbUri, redisUrl } = parts;
  return [
    { provide: ProcessConfig, useValue: config },
    { provide: LOG, useValue: log },
    { provide: OutboundGuard, useValue: guard },
    { provide: Metrics, useValue: new Metrics() },
    {
      provide: MongoStore,
      useFactory: (connection: Connection) => new MongoStore(connection, mongodbUri, log),
      inject: [getConnectionToken()],
    },
    {
      provide: CLOCK,
      useFactory: (mongo: MongoStore) => parts.clock ?? mongo.clock,
      inject: [MongoStore],
    },
    { provide: RedisStore, useFactory: () => new RedisStore(redisUrl, log) },
    {
      provide: ProcessKey,
      useFactory: () => loadProcessKey(config.dataDir, config.key ?? undefined),
    },
    { provide: FAULT_POINT, useValue: faultPoint(config.fault) },
    { provide: LOOKUPS, useFactory: () => axiosTransport(guard) },
  ];
}

/** The only room that touches the world: configuration, clock, log, metrics, stores, HTTP out. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(parts: PlatformParts): DynamicModule {
    const own = providers(parts);
    return {
      module: PlatformModule,
      imports: [mongoose(parts.mongodbUri)],
      providers: own,
      exports: own.map((provider) => provider.provide),
    };
  }
}
