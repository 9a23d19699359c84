import { Module, type DynamicModule } from '@nestjs/common';
import { Configuration } from './configuration.js';

/** Provides the checked configuration everywhere, under the token `Configuration`. */
@Module({})
export class AccountsModule {
  static forRoot(configuration: Configuration): DynamicModule {
    return {
      module: AccountsModule,
      global: true,
      providers: [{ provide: Configuration, useValue: configuration }],
      exports: [Configuration],
    };
  }
}
