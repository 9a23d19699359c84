import { Global, Module, type Provider } from '@nestjs/common';
import { Configuration } from '../accounts/configuration.js';
import { Ledger } from '../ledger/ledger.js';
import { LedgerStore } from '../ledger/store.js';
import { Normalizer } from '../normalize/normalizer.js';
import type { Clock } from '../platform/clock/clock.js';
import type { FaultPointName } from '../platform/fault/fault-point.js';
import type { HttpPort } from '../platform/http/http-port.js';
import type { Log } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { RedisStore } from '../platform/redis/redis-store.js';
import { SharedValues } from '../platform/redis/shared-values.js';
import { CLOCK, FAULT_POINT, LOG, LOOKUPS } from '../platform/tokens.js';
import { DraftClaims } from './draft-claims.js';
import { DraftWork } from './draft-work.js';
import { Enriching } from './enriching.js';
import { JobPages } from './job-pages.js';
import { Jobs } from './jobs.js';
import { LookUps } from './look-up.js';
import { RecordStates } from './record-states.js';
import { Tokens } from './tokens.js';
import { Turns } from './turns.js';

const parts: Provider[] = [
  {
    provide: DraftClaims,
    useFactory: (store: LedgerStore, clock: Clock) => new DraftClaims(store, () => clock.now()),
    inject: [LedgerStore, CLOCK],
  },
  {
    provide: RecordStates,
    useFactory: (store: LedgerStore) => new RecordStates(store),
    inject: [LedgerStore],
  },
  {
    provide: Tokens,
    useFactory: (port: HttpPort, clock: Clock) => new Tokens(port, clock),
    inject: [LOOKUPS, CLOCK],
  },
  {
    provide: Turns,
    useFactory: (redis: RedisStore, clock: Clock) =>
      new Turns(new SharedValues(redis), () => clock.now()),
    inject: [RedisStore, CLOCK],
  },
  {
    provide: LookUps,
    useFactory: (port: HttpPort, tokens: Tokens, turns: Turns) =>
      new LookUps({ port, tokens, turn: (account) => turns.wait(account) }),
    inject: [LOOKUPS, Tokens, Turns],
  },
];

const work: Provider = {
  provide: DraftWork,
  useFactory: (
    configuration: Configuration,
    ledger: Ledger,
    normalizer: Normalizer,
    claims: DraftClaims,
    states: RecordStates,
    lookUps: LookUps,
    clock: Clock,
    metrics: Metrics,
    log: Log,
    fault: (name: FaultPointName) => void,
  ) =>
    new DraftWork({
      ...{ configuration, ledger, normalizer, claims, states, lookUps, clock, metrics, log },
      random: Math.random,
      fault,
    }),
  inject: [
    ...[Configuration, Ledger, Normalizer, DraftClaims, RecordStates, LookUps],
    ...[CLOCK, Metrics, LOG, FAULT_POINT],
  ],
};

const jobs: Provider[] = [
  {
    provide: JobPages,
    useFactory: (
      port: HttpPort,
      tokens: Tokens,
      turns: Turns,
      normalizer: Normalizer,
      ledger: Ledger,
      clock: Clock,
      metrics: Metrics,
    ) =>
      new JobPages({
        ...{ port, tokens, normalizer, ledger, clock, metrics },
        turn: (account) => turns.wait(account),
      }),
    inject: [LOOKUPS, Tokens, Turns, Normalizer, Ledger, CLOCK, Metrics],
  },
  {
    provide: Jobs,
    useFactory: (
      store: LedgerStore,
      configuration: Configuration,
      pages: JobPages,
      clock: Clock,
      metrics: Metrics,
      log: Log,
    ) => new Jobs({ store, configuration, pages, clock, metrics, log, random: Math.random }),
    inject: [LedgerStore, Configuration, JobPages, CLOCK, Metrics, LOG],
  },
];

const enriching: Provider = {
  provide: Enriching,
  useFactory: (
    ledger: Ledger,
    claims: DraftClaims,
    draftWork: DraftWork,
    scheduled: Jobs,
    log: Log,
  ) => new Enriching({ ledger, claims, work: draftWork, jobs: scheduled, log }),
  inject: [Ledger, DraftClaims, DraftWork, Jobs, LOG],
};

/** What happens to a notification between its acknowledgement and its events, and what the gateway asks networks for by itself. */
@Global()
@Module({
  providers: [...parts, work, ...jobs, enriching],
  exports: [Enriching, Jobs],
})
export class EnrichModule {}
