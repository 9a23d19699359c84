import type { Provider } from '@nestjs/common';
import { Configuration } from '../../accounts/configuration.js';
import { ConfigChanges } from '../../accounts/live/config-changes.js';
import { ConfigStore } from '../../accounts/live/config-store.js';
import { LiveConfiguration } from '../../accounts/live/live-configuration.js';
import type { Clock } from '../../platform/clock/clock.js';
import type { Log } from '../../platform/log/log.js';
import { MongoStore } from '../../platform/mongo/mongo-store.js';
import { CLOCK, LOG } from '../../platform/tokens.js';
import { AdminAccess } from '../access/admin-access.js';
import { AdminKeys } from '../access/admin-keys.js';
import { AuditLog } from '../audit/audit-log.js';
import { Unaudited } from '../audit/unaudited.js';
import { Deeds } from '../deeds.js';
import { Masking } from '../masking.js';
import { PayoutReads } from '../payout/payout-reads.js';
import { ConfigEditor } from './config-editor.js';
import { ConfigViews } from './config-views.js';

/** Who may come in, and what is written down about it. */
export const accessProviders = (adminKey: string): Provider[] => [
  {
    provide: AdminKeys,
    useFactory: (mongo: MongoStore, clock: Clock) => new AdminKeys(mongo, clock),
    inject: [MongoStore, CLOCK],
  },
  {
    provide: AdminAccess,
    useFactory: (keys: AdminKeys, clock: Clock) => new AdminAccess(adminKey, keys, clock),
    inject: [AdminKeys, CLOCK],
  },
  {
    provide: AuditLog,
    useFactory: (mongo: MongoStore, clock: Clock) => new AuditLog(mongo, clock),
    inject: [MongoStore, CLOCK],
  },
  {
    provide: Deeds,
    useFactory: (log: Log, audit: AuditLog) => new Deeds(log, audit),
    inject: [LOG, AuditLog],
  },
  {
    provide: PayoutReads,
    useFactory: (deeds: Deeds) => new PayoutReads(deeds),
    inject: [Deeds],
  },
];

/** The configuration as something that can be changed. */
export const configProviders: Provider[] = [
  {
    provide: Unaudited,
    useFactory: (store: ConfigStore, audit: AuditLog, log: Log) => new Unaudited(store, audit, log),
    inject: [ConfigStore, AuditLog, LOG],
  },
  {
    provide: ConfigViews,
    useFactory: (live: LiveConfiguration, configuration: Configuration, masking: Masking) =>
      new ConfigViews(live, configuration, masking),
    inject: [LiveConfiguration, Configuration, Masking],
  },
  {
    provide: ConfigEditor,
    useFactory: (changes: ConfigChanges, store: ConfigStore, deeds: Deeds, unaudited: Unaudited) =>
      new ConfigEditor(changes, store, deeds, unaudited),
    inject: [ConfigChanges, ConfigStore, Deeds, Unaudited],
  },
];
