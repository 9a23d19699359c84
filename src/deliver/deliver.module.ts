import { BullModule, getQueueToken } from '@nestjs/bull';
import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { Queue } from 'bull';
import { Configuration } from '../accounts/configuration.js';
import { Ledger } from '../ledger/ledger.js';
import { LedgerStore } from '../ledger/store.js';
import { ClickTender } from '../normalize/click-tender.js';
import { LateAttribution } from '../normalize/late-attribution.js';
import { Repair } from '../normalize/repair.js';
import type { Clock } from '../platform/clock/clock.js';
import type { FaultPointName } from '../platform/fault/fault-point.js';
import type { HttpPort } from '../platform/http/http-port.js';
import type { Log } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { RedisStore } from '../platform/redis/redis-store.js';
import { CLOCK, FAULT_POINT, LOG, LOOKUPS } from '../platform/tokens.js';
import { ConfigVersion } from '../route/config-version.js';
import { Planner } from '../route/planner.js';
import { TargetStates } from '../settle/target-states.js';
import { Attempts } from './attempt.js';
import { BREAKER, type BreakerSettings } from './breaker-rules.js';
import { breakers, Breakers } from './breakers.js';
import { Claims } from './claims.js';
import { Delivery } from './delivery.js';
import type { Lanes } from './lanes.js';
import { lanes } from './lanes-provider.js';
import { Parents } from './parents.js';
import { QUEUE_PROCESSORS } from './processors.js';
import { DeliveryQueue, QUEUES, type DeliveryJob } from './queue.js';
import { Replays } from './replay.js';
import { backlogSignals } from './signals.js';
import { Sweeper } from './sweeper.js';
import { LANES } from './tokens.js';

/** Bull's own timings: one attempt always fits a lock, a dead worker's jobs come back within 30 s. */
const BULL_SETTINGS = {
  lockDuration: 60_000,
  lockRenewTime: 15_000,
  stalledInterval: 15_000,
  maxStalledCount: 3,
  drainDelay: 5,
} as const;

const queues = BullModule.registerQueueAsync(
  ...QUEUES.map((name) => ({
    name,
    inject: [RedisStore],
    useFactory: (redis: RedisStore) => ({
      prefix: redis.prefixOf(name),
      createClient: (type: 'client' | 'subscriber' | 'bclient') => redis.clientFor(type),
      settings: BULL_SETTINGS,
    }),
  })),
);

const parts: Provider[] = [
  {
    provide: Claims,
    useFactory: (store: LedgerStore, clock: Clock) => new Claims(store, () => clock.now()),
    inject: [LedgerStore, CLOCK],
  },
  {
    provide: Parents,
    useFactory: (store: LedgerStore, planner: Planner) => new Parents(store, planner),
    inject: [LedgerStore, Planner],
  },
  {
    provide: Attempts,
    useFactory: (
      configuration: Configuration,
      parents: Parents,
      claims: Claims,
      states: TargetStates,
      clock: Clock,
      lookups: HttpPort,
      fault: (name: FaultPointName) => void,
      late: LateAttribution,
    ) =>
      new Attempts({
        late,
        configuration,
        parents,
        claims,
        states,
        clock,
        lookups,
        random: Math.random,
        fault,
      }),
    inject: [
      Configuration,
      Parents,
      Claims,
      TargetStates,
      CLOCK,
      LOOKUPS,
      FAULT_POINT,
      LateAttribution,
    ],
  },
];

const queue: Provider = {
  provide: DeliveryQueue,
  useFactory: (
    redis: RedisStore,
    sink: Lanes,
    log: Log,
    metrics: Metrics,
    fault: (name: FaultPointName) => void,
    mongo: MongoStore,
    ...queues: Queue<DeliveryJob>[]
  ) =>
    new DeliveryQueue({
      queues,
      redis,
      local: () => (sink.delivers ? sink : undefined),
      log,
      onTrouble: () => metrics.storeErrors.inc({ store: 'redis' }),
      fault,
      opened: () => mongo.open(),
    }),
  inject: [
    RedisStore,
    LANES,
    LOG,
    Metrics,
    FAULT_POINT,
    MongoStore,
    ...QUEUES.map((name) => getQueueToken(name)),
  ],
};

const sweeper: Provider = {
  provide: Sweeper,
  useFactory: (
    store: LedgerStore,
    configuration: Configuration,
    sink: Lanes,
    deliveryQueue: DeliveryQueue,
    states: TargetStates,
    clock: Clock,
    metrics: Metrics,
    log: Log,
    fault: (name: FaultPointName) => void,
  ) =>
    new Sweeper({
      store,
      configuration,
      lanes: sink,
      queue: deliveryQueue,
      states,
      clock,
      metrics,
      log,
      fault,
    }),
  inject: [
    LedgerStore,
    Configuration,
    LANES,
    DeliveryQueue,
    TargetStates,
    CLOCK,
    Metrics,
    LOG,
    FAULT_POINT,
  ],
};

const replays: Provider = {
  provide: Replays,
  useFactory: (
    store: LedgerStore,
    configuration: Configuration,
    deliveryQueue: DeliveryQueue,
    states: TargetStates,
    version: ConfigVersion,
    clock: Clock,
  ) => new Replays(store, configuration, deliveryQueue, states, version, clock),
  inject: [LedgerStore, Configuration, DeliveryQueue, TargetStates, ConfigVersion, CLOCK],
};

const DELIVERY_PARTS = [
  Ledger,
  LANES,
  DeliveryQueue,
  Sweeper,
  Repair,
  TargetStates,
  CLOCK,
  LOG,
  FAULT_POINT,
  ClickTender,
];

const delivery = (delivers: boolean): Provider => ({
  provide: Delivery,
  useFactory: (
    ledger: Ledger,
    sink: Lanes,
    deliveryQueue: DeliveryQueue,
    sweep: Sweeper,
    repair: Repair,
    states: TargetStates,
    clock: Clock,
    log: Log,
    fault: (name: FaultPointName) => void,
    clicks: ClickTender,
  ) =>
    new Delivery({
      clicks,
      ledger,
      lanes: sink,
      queue: deliveryQueue,
      sweeper: sweep,
      repair,
      states,
      clock,
      log,
      delivers,
      fault,
    }),
  inject: DELIVERY_PARTS,
});

/** The right half of the corridor. A process that does not deliver registers no processors and only enqueues. */
@Global()
@Module({})
export class DeliverModule {
  /** `breaker`: deviations from the usual settings, for drills. */
  static forRole(delivers: boolean, breaker: Partial<BreakerSettings> = {}): DynamicModule {
    return {
      module: DeliverModule,
      imports: [queues],
      providers: [
        ...parts,
        breakers({ ...BREAKER, ...breaker }),
        lanes,
        queue,
        sweeper,
        replays,
        delivery(delivers),
        ...(delivers ? [backlogSignals, ...QUEUE_PROCESSORS] : []),
      ],
      exports: [Delivery, Replays, Sweeper, LANES, DeliveryQueue, Breakers],
    };
  }
}
