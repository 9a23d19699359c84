import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { AccountsModule } from './accounts.module.js';
import { Configuration } from './configuration.js';

@Injectable()
class Reader {
  constructor(@Inject(Configuration) readonly configuration: Configuration) {}
}

@Module({ providers: [Reader] })
class Elsewhere {}

describe('AccountsModule', () => {
  it('gives the configuration to any other module', async () => {
    const configuration = Configuration.empty();
    @Module({ imports: [AccountsModule.forRoot(configuration), Elsewhere] })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    expect(app.get(Reader, { strict: false }).configuration).toBe(configuration);
    await app.close();
  });
});
