import type { FastifyRequest } from 'fastify';
import type { Log } from '../platform/log/log.js';
import { callerOf } from './access/caller.js';
import type { AuditLog } from './audit/audit-log.js';

/** One row of the audit log, and one line of the log, for everything that somebody did through the admin API. */
export class Deeds {
  constructor(
    private readonly log: Log,
    private readonly audit: AuditLog,
  ) {}

  /** Resolves once the row is durable; await it before the answer. `fact`: it has one row at most. */
  async done(
    request: FastifyRequest,
    deed: string,
    what: Readonly<Record<string, unknown>>,
    fact?: string,
  ): Promise<void> {
    const { id, name } = callerOf(request);
    const told = { code: 'WB_ADMIN_DEED', deed, key: id, caller: request.ip, ...what };
    try {
      const row = await this.audit.append({
        ...{ who: { id, name }, caller: request.ip, deed, what },
        ...(fact === undefined ? {} : { fact }),
      });
      // The hash outside of MongoDB is what makes a cut-off end of the chain show.
      this.log.info({ ...told, row: row?._id, hash: row?.hash }, 'admin');
    } catch (error) {
      this.log.error({ ...told, audit: 'missing' }, 'admin');
      throw error;
    }
  }
}
