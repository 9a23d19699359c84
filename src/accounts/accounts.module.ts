import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { ProcessConfig } from '../platform/config/index.js';
import type { Log } from '../platform/log/log.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { KeyRing } from '../platform/secrets/key-ring.js';
import { LOG } from '../platform/tokens.js';
import { Configuration } from './configuration.js';
import { Canaries } from './live/canary.js';
import { ConfigChanges } from './live/config-changes.js';
import { ConfigStore } from './live/config-store.js';
import { ConfigHistory } from './live/history.js';
import { LiveConfiguration } from './live/live-configuration.js';
import type { ConfigurationReader } from './load-configuration.js';

const live = (reader: ConfigurationReader): readonly FactoryProvider[] => [
  {
    provide: ConfigStore,
    useFactory: (mongo: MongoStore) => new ConfigStore(mongo),
    inject: [MongoStore],
  },
  {
    provide: Canaries,
    useFactory: (mongo: MongoStore, { dataDir, secretKeys }: ProcessConfig, log: Log) =>
      new Canaries(mongo, KeyRing.open(dataDir, secretKeys), log),
    inject: [MongoStore, ProcessConfig, LOG],
  },
  {
    provide: LiveConfiguration,
    useFactory: (
      store: ConfigStore,
      canaries: Canaries,
      configuration: Configuration,
      log: Log,
      { secretRefreshMs: renewMs }: ProcessConfig,
    ) => new LiveConfiguration({ store, canaries, reader, configuration, log, renewMs }),
    inject: [ConfigStore, Canaries, Configuration, LOG, ProcessConfig],
  },
  {
    provide: ConfigChanges,
    useFactory: (following: LiveConfiguration) => new ConfigChanges(following),
    inject: [LiveConfiguration],
  },
  {
    provide: ConfigHistory,
    useFactory: (store: ConfigStore, following: LiveConfiguration, canaries: Canaries) =>
      new ConfigHistory(store, following, canaries),
    inject: [ConfigStore, LiveConfiguration, Canaries],
  },
];

/** Provides the checked configuration everywhere, and what keeps it up to date. */
@Module({})
export class AccountsModule {
  /** Without a reader the configuration is what it is, for good. */
  static forRoot(configuration: Configuration, reader?: ConfigurationReader): DynamicModule {
    const following = reader ? live(reader) : [];
    return {
      module: AccountsModule,
      global: true,
      providers: [{ provide: Configuration, useValue: configuration }, ...following],
      exports: [Configuration, ...following.map(({ provide }) => provide)],
    };
  }
}
