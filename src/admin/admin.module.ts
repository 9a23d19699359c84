import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { getModelToken } from '@nestjs/mongoose';
import { Configuration } from '../accounts/configuration.js';
import { Breakers } from '../deliver/breakers.js';
import { SchemaGate } from '../ledger/schema/schema-gate.js';
import { LedgerStore } from '../ledger/store.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { RedisStore } from '../platform/redis/redis-store.js';
import { Registry } from '../registry/registry.js';
import { TargetStates } from '../settle/target-states.js';
import { AdminAccess } from './access/admin-access.js';
import { AuditController } from './audit/audit.controller.js';
import { accessProviders, configProviders } from './config/config-providers.js';
import { ConfigController } from './config/config.controller.js';
import { CredentialsController } from './config/credentials.controller.js';
import { ConfigVersionsController } from './config/versions.controller.js';
import { KeysController } from './keys/keys.controller.js';
import {
  AccountsController,
  PluginsController,
  RoutesController,
} from './configuration/configuration.controllers.js';
import { ConfigurationViews } from './configuration/configuration-views.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { DeliveryReads } from './deliveries/delivery-reads.js';
import { DeliveryViews } from './deliveries/delivery-views.js';
import { EventReads } from './events/event-reads.js';
import { EventsController } from './events/events.controller.js';
import { ExplainController } from './events/explain/explain.controller.js';
import { ExportsController } from './exports/exports.controller.js';
import { GatewayHealth } from './gateway/gateway-health.js';
import { GatewayHealthController } from './gateway/health.controller.js';
import { ImportsController } from './imports/imports.controller.js';
import { Masking } from './masking.js';
import {
  DELIVERIES,
  EVENTS,
  ledgerModels,
  RECEIPTS,
  type DeliveryModel,
  type EventModel,
  type ReceiptModel,
} from './models.js';
import { ProblemFilter } from './problems/problem-filter.js';
import { ReceiptReads } from './receipts/receipt-reads.js';
import { ReceiptsController } from './receipts/receipts.controller.js';
import { replayProviders } from './replays/replay-providers.js';
import { ReplayRunner } from './replays/replay-runner.js';
import { ReplaysController } from './replays/replays.controller.js';
import { Search } from './search/search.js';
import { SearchController } from './search/search.controller.js';
import { streamProviders } from './streams/stream-providers.js';
import { TailController } from './tail/tail.controller.js';
import { OpenRowReads } from './targets/open-rows.js';
import { TargetsController } from './targets/targets.controller.js';
import { TargetViews } from './targets/target-views.js';

const [events, deliveries, receipts] = [EVENTS, DELIVERIES, RECEIPTS].map((name) =>
  getModelToken(name),
) as [string, string, string];

const reads: Provider[] = [
  {
    provide: EventReads,
    useFactory: (
      store: LedgerStore,
      event: EventModel,
      delivery: DeliveryModel,
      receipt: ReceiptModel,
      configuration: Configuration,
    ) => new EventReads(store, event, delivery, receipt, configuration),
    inject: [LedgerStore, events, deliveries, receipts, Configuration],
  },
  {
    provide: DeliveryReads,
    useFactory: (delivery: DeliveryModel, event: EventModel, configuration: Configuration) =>
      new DeliveryReads(delivery, event, configuration),
    inject: [deliveries, events, Configuration],
  },
  {
    provide: ReceiptReads,
    useFactory: (receipt: ReceiptModel, store: LedgerStore) => new ReceiptReads(receipt, store),
    inject: [receipts, LedgerStore],
  },
  {
    provide: Search,
    useFactory: (store: LedgerStore, configuration: Configuration) =>
      new Search(store, configuration),
    inject: [LedgerStore, Configuration],
  },
  {
    provide: OpenRowReads,
    useFactory: (delivery: DeliveryModel) => new OpenRowReads(delivery),
    inject: [deliveries],
  },
];

const views: Provider[] = [
  {
    provide: Masking,
    useFactory: (configuration: Configuration) => new Masking(configuration),
    inject: [Configuration],
  },
  {
    provide: DeliveryViews,
    useFactory: (configuration: Configuration, states: TargetStates, masking: Masking) =>
      new DeliveryViews(configuration, states, masking),
    inject: [Configuration, TargetStates, Masking],
  },
  {
    provide: TargetViews,
    useFactory: (
      configuration: Configuration,
      states: TargetStates,
      metrics: Metrics,
      rows: OpenRowReads,
      masking: Masking,
    ) => new TargetViews(configuration, states, metrics, rows, masking),
    inject: [Configuration, TargetStates, Metrics, OpenRowReads, Masking],
  },
  {
    provide: ConfigurationViews,
    useFactory: (configuration: Configuration, registry: Registry, masking: Masking) =>
      new ConfigurationViews(configuration, registry, masking),
    inject: [Configuration, Registry, Masking],
  },
];

const health: Provider = {
  provide: GatewayHealth,
  useFactory: (
    mongo: MongoStore,
    redis: RedisStore,
    metrics: Metrics,
    configuration: Configuration,
    states: TargetStates,
    rows: OpenRowReads,
    targets: TargetViews,
    breakers: Breakers,
    schema: SchemaGate,
  ) =>
    new GatewayHealth({
      ...{ mongo, redis, metrics, configuration, states, rows, targets, breakers, schema },
    }),
  inject: [
    MongoStore,
    RedisStore,
    Metrics,
    Configuration,
    TargetStates,
    OpenRowReads,
    TargetViews,
    Breakers,
    SchemaGate,
  ],
};

/** The admin API under `/api/v1`: every controller of this module asks for the key. */
@Module({})
export class AdminModule {
  /** `adminKey`: the first key, which opens everything; never empty. */
  static forRoot(adminKey: string): DynamicModule {
    return {
      module: AdminModule,
      imports: [ledgerModels],
      controllers: [
        EventsController,
        DeliveriesController,
        ReceiptsController,
        TargetsController,
        AccountsController,
        RoutesController,
        PluginsController,
        GatewayHealthController,
        ConfigController,
        ConfigVersionsController,
        CredentialsController,
        KeysController,
        AuditController,
        ReplaysController,
        SearchController,
        ExplainController,
        ImportsController,
        ExportsController,
        TailController,
      ],
      providers: [
        ...accessProviders(adminKey),
        ...configProviders,
        ...replayProviders,
        ...streamProviders,
        { provide: APP_FILTER, useClass: ProblemFilter },
        ...reads,
        ...views,
        health,
      ],
      exports: [AdminAccess, ReplayRunner],
    };
  }
}
