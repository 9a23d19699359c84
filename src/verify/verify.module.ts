import { Global, Module } from '@nestjs/common';
import type { Log } from '../platform/log/log.js';
import type { Clock } from '../platform/clock/clock.js';
import type { HttpPort } from '../platform/http/http-port.js';
import { CLOCK, LOG, LOOKUPS } from '../platform/tokens.js';
import { Materials } from './materials.js';
import { Verifier } from './verifier.js';

@Global()
@Module({
  providers: [
    { provide: Verifier, useFactory: (log: Log) => new Verifier(log), inject: [LOG] },
    {
      provide: Materials,
      useFactory: (port: HttpPort, clock: Clock, log: Log) => new Materials(port, clock, log),
      inject: [LOOKUPS, CLOCK, LOG],
    },
  ],
  exports: [Verifier, Materials],
})
export class VerifyModule {}
