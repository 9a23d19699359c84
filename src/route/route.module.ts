import { Global, Module } from '@nestjs/common';
import { Configuration } from '../accounts/configuration.js';
import { ConfigVersion } from './config-version.js';
import { Planner } from './planner.js';

@Global()
@Module({
  providers: [
    {
      provide: ConfigVersion,
      useFactory: (configuration: Configuration) => new ConfigVersion(configuration),
      inject: [Configuration],
    },
    {
      provide: Planner,
      useFactory: (configuration: Configuration, version: ConfigVersion) =>
        new Planner(configuration, version),
      inject: [Configuration, ConfigVersion],
    },
  ],
  exports: [Planner, ConfigVersion],
})
export class RouteModule {}
