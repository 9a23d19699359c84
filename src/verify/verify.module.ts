import { Global, Module } from '@nestjs/common';
import type { Log } from '../platform/log/log.js';
import { LOG } from '../platform/tokens.js';
import { Verifier } from './verifier.js';

@Global()
@Module({
  providers: [{ provide: Verifier, useFactory: (log: Log) => new Verifier(log), inject: [LOG] }],
  exports: [Verifier],
})
export class VerifyModule {}
