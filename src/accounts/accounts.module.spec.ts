import { Inject, Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { loadProcessConfig, ProcessConfig, ProcessConfigModule } from '../platform/config/index.js';
import { AccountsModule } from './accounts.module.js';
import { Configuration } from './configuration.js';

@Injectable()
class Reader {
  constructor(
    @Inject(Configuration) readonly configuration: Configuration,
    @Inject(ProcessConfig) readonly config: ProcessConfig,
  ) {}
}

@Module({ providers: [Reader] })
class Elsewhere {}

describe('the modules', () => {
  it('give the configuration and the process settings to any other module', async () => {
    const configuration = Configuration.empty();
    const config = loadProcessConfig({ PORT: '1234' });
    @Module({
      imports: [
        ProcessConfigModule.forRoot(config),
        AccountsModule.forRoot(configuration),
        Elsewhere,
      ],
    })
    class App {}
    const app: INestApplicationContext = await NestFactory.createApplicationContext(App, {
      logger: false,
    });
    expect(app.get(Reader, { strict: false }).configuration).toBe(configuration);
    expect(app.get(Reader, { strict: false }).config.port).toBe(1234);
    await app.close();
  });
});
