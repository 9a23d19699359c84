import { BullModule, getQueueToken } from '@nestjs/bull';
import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { Queue } from 'bull';
import { Configuration } from '../accounts/configuration.js';
import { Ledger } from '../ledger/ledger.js';
import { LedgerStore } from '../ledger/store.js';
import { Repair } from '../normalize/repair.js';
import type { Clock } from '../platform/clock/clock.js';
import type { FaultPointName } from '../platform/fault/fault-point.js';
import type { HttpPort } from '../platform/http/http-port.js';
import { OutboundGuard } from '../platform/http/outbound-guard.js';
import { TargetPool } from '../platform/http/pool-transport.js';
import type { Log } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { RedisStore } from '../platform/redis/redis-store.js';
import { CLOCK, FAULT_POINT, LOG, LOOKUPS } from '../platform/tokens.js';
import { ConfigVersion } from '../route/config-version.js';
import { Planner } from '../route/planner.js';
import { Settler } from '../settle/settler.js';
import { TargetStates } from '../settle/target-states.js';
import { Attempts } from './attempt.js';
import { Claims } from './claims.js';
import { Delivery } from './delivery.js';
import { HeldChildren } from './held-children.js';
import { Lanes } from './lanes.js';
import { Parents } from './parents.js';
import { QUEUE_PROCESSORS } from './processors.js';
import { DeliveryQueue, QUEUES, type DeliveryJob } from './queue.js';
import { RecentDeliveries } from './recent.js';
import { Replays } from './replay.js';
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
      prefix: 'waybill',
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
    ) =>
      new Attempts({
        configuration,
        parents,
        claims,
        states,
        clock,
        lookups,
        random: Math.random,
        fault,
      }),
    inject: [Configuration, Parents, Claims, TargetStates, CLOCK, LOOKUPS, FAULT_POINT],
  },
];

const lanes: Provider = {
  provide: LANES,
  useFactory: (
    configuration: Configuration,
    claims: Claims,
    attempts: Attempts,
    settler: Settler,
    states: TargetStates,
    store: LedgerStore,
    guard: OutboundGuard,
    clock: Clock,
    metrics: Metrics,
    log: Log,
  ) =>
    new Lanes({
      configuration,
      claims,
      attempts,
      settler,
      states,
      recent: new RecentDeliveries(),
      children: new HeldChildren(store),
      clock,
      metrics,
      log,
      skewMs: () => store.mongo.clock.skewMs,
      pool: (_target, sockets) => new TargetPool(guard, { sockets }),
    }),
  inject: [
    Configuration,
    Claims,
    Attempts,
    Settler,
    TargetStates,
    LedgerStore,
    OutboundGuard,
    CLOCK,
    Metrics,
    LOG,
  ],
};

const queue: Provider = {
  provide: DeliveryQueue,
  useFactory: (
    redis: RedisStore,
    sink: Lanes,
    log: Log,
    metrics: Metrics,
    ...all: Queue<DeliveryJob>[]
  ) =>
    new DeliveryQueue(
      all,
      redis,
      () => (sink.delivers ? sink : undefined),
      log,
      () => metrics.storeErrors.inc({ store: 'redis' }),
    ),
  inject: [RedisStore, LANES, LOG, Metrics, ...QUEUES.map((name) => getQueueToken(name))],
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
    }),
  inject: [LedgerStore, Configuration, LANES, DeliveryQueue, TargetStates, CLOCK, Metrics, LOG],
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
  ) =>
    new Delivery({
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
  inject: [Ledger, LANES, DeliveryQueue, Sweeper, Repair, TargetStates, CLOCK, LOG, FAULT_POINT],
});

/** The right half of the corridor. A process that does not deliver registers no processors and only enqueues. */
@Global()
@Module({})
export class DeliverModule {
  static forRole(delivers: boolean): DynamicModule {
    return {
      module: DeliverModule,
      imports: [queues],
      providers: [
        ...parts,
        lanes,
        queue,
        sweeper,
        replays,
        delivery(delivers),
        ...(delivers ? QUEUE_PROCESSORS : []),
      ],
      exports: [Delivery, Replays, Sweeper, LANES, DeliveryQueue],
    };
  }
}
