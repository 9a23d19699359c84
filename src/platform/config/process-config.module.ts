import { Module, type DynamicModule } from '@nestjs/common';
import { ProcessConfig } from './process-config.js';

/** Provides the checked process settings everywhere, under the token `ProcessConfig`. */
@Module({})
export class ProcessConfigModule {
  static forRoot(config: ProcessConfig): DynamicModule {
    return {
      module: ProcessConfigModule,
      global: true,
      providers: [{ provide: ProcessConfig, useValue: config }],
      exports: [ProcessConfig],
    };
  }
}
