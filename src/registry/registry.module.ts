import { Module, type DynamicModule } from '@nestjs/common';
import { Registry } from './registry.js';

/** Provides the registry, loaded before the application starts, to every room. */
@Module({})
export class RegistryModule {
  static forRoot(registry: Registry): DynamicModule {
    return {
      module: RegistryModule,
      global: true,
      providers: [{ provide: Registry, useValue: registry }],
      exports: [Registry],
    };
  }
}
