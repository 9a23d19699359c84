import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.js';
import type { Configuration } from './accounts/configuration.js';
import type { ConfigurationReader } from './accounts/load-configuration.js';
import { AdminModule } from './admin/admin.module.js';
import type { BreakerSettings } from './deliver/breaker-rules.js';
import { ClicksModule } from './clicks/clicks.module.js';
import { DeliverModule } from './deliver/deliver.module.js';
import { EnrichModule } from './enrich/enrich.module.js';
import { HealthModule } from './health/health.module.js';
import { IngestModule } from './ingest/ingest.module.js';
import { LedgerModule } from './ledger/ledger.module.js';
import { NormalizeModule } from './normalize/normalize.module.js';
import { PlatformModule, type PlatformParts } from './platform/platform.module.js';
import { RegistryModule } from './registry/registry.module.js';
import type { Registry } from './registry/registry.js';
import { RouteModule } from './route/route.module.js';
import { SettleModule } from './settle/settle.module.js';
import { VerifyModule } from './verify/verify.module.js';

export interface AppParts extends PlatformParts {
  readonly registry: Registry;
  readonly configuration: Configuration;
  /** Checks what the admin API is told, together with the file. */
  readonly reader: ConfigurationReader;
  readonly adminKey: string;
  /** Deviations from the usual settings of the circuit breakers, for drills. */
  readonly breaker?: Partial<BreakerSettings>;
}

/** The only place that knows all rooms. */
@Module({})
export class AppModule {
  static forRoot(parts: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(parts),
        RegistryModule.forRoot(parts.registry),
        AccountsModule.forRoot(parts.configuration, parts.reader),
        LedgerModule,
        RouteModule,
        ClicksModule,
        VerifyModule,
        NormalizeModule,
        SettleModule,
        DeliverModule.forRole(parts.config.delivers, parts.breaker),
        EnrichModule,
        IngestModule,
        HealthModule,
        AdminModule.forRoot(parts.adminKey),
      ],
    };
  }
}
