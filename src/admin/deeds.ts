import type { FastifyRequest } from 'fastify';
import type { Log } from '../platform/log/log.js';

/** One log line for everything that somebody changed through the admin API. */
export class Deeds {
  constructor(private readonly log: Log) {}

  done(request: FastifyRequest, deed: string, what: Readonly<Record<string, unknown>>): void {
    this.log.info({ code: 'WB_ADMIN_DEED', deed, caller: request.ip, ...what }, 'admin');
  }
}
