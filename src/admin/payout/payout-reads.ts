import type { FastifyReply, FastifyRequest } from 'fastify';
import { may } from '../access/caller.js';
import type { Deeds } from '../deeds.js';

/** Set on answers from which payouts were left out, since `null` alone may also mean that there is none. */
export const HIDDEN_HEADER = 'waybill-payout';

/** Who sees what affiliates are paid: keys with `payout:read`, and each such answer leaves a row in the audit log. */
export class PayoutReads {
  constructor(private readonly deeds: Deeds) {}

  /**
   * The answer as this caller may see it. `holds`: payout data is in it; `hide`: the same without.
   * Resolves once the audit row is durable.
   */
  async answer<T>(
    request: FastifyRequest,
    reply: FastifyReply,
    full: T,
    {
      holds,
      hide,
      what,
    }: { holds: boolean; hide: () => T; what: Readonly<Record<string, unknown>> },
  ): Promise<T> {
    if (!holds) return full;
    if (may(request, 'payout:read')) {
      await this.deeds.done(request, 'read-payout', what);
      return full;
    }
    void reply.header(HIDDEN_HEADER, 'hidden');
    return hide();
  }
}
