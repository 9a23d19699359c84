import type { Provider } from '@nestjs/common';
import { Replays } from '../../deliver/replay.js';
import { LedgerStore } from '../../ledger/store.js';
import { Reprocessor } from '../../normalize/reprocess.js';
import type { Clock } from '../../platform/clock/clock.js';
import type { Log } from '../../platform/log/log.js';
import { MongoStore } from '../../platform/mongo/mongo-store.js';
import { CLOCK, LOG } from '../../platform/tokens.js';
import { AuditLog } from '../audit/audit-log.js';
import { ReplayRows } from './replay-rows.js';
import { ReplayRunner } from './replay-runner.js';
import { ReplayWork } from './replay-work.js';

/** Replays of many. */
export const replayProviders: Provider[] = [
  {
    provide: ReplayRows,
    useFactory: (mongo: MongoStore, clock: Clock) => new ReplayRows(mongo, clock),
    inject: [MongoStore, CLOCK],
  },
  {
    provide: ReplayWork,
    useFactory: (
      store: LedgerStore,
      rows: ReplayRows,
      replays: Replays,
      reprocessor: Reprocessor,
    ) => new ReplayWork({ store, rows, replays, reprocessor }),
    inject: [LedgerStore, ReplayRows, Replays, Reprocessor],
  },
  {
    provide: ReplayRunner,
    useFactory: (rows: ReplayRows, work: ReplayWork, audit: AuditLog, log: Log) =>
      new ReplayRunner({ rows, work, audit, log }),
    inject: [ReplayRows, ReplayWork, AuditLog, LOG],
  },
];
