import { safeEqual } from '../../contract/index.js';
import { UnverifiedLimit } from '../../ingest/unverified-limit.js';
import type { Clock } from '../../platform/clock/clock.js';
import { ProblemError } from '../problems/problem.js';

const BEARER = /^Bearer +([!-~]{1,512})$/i;

/** Decides whether a request may use the admin API: one key, `Authorization: Bearer <key>` (RFC 6750 §2.1). */
export class AdminAccess {
  private readonly limit = new UnverifiedLimit();

  constructor(
    private readonly key: string,
    private readonly clock: Clock,
  ) {
    if (key === '') throw new Error('the admin key must not be empty');
  }

  /** Undefined: go on. The right key is never refused, whatever its address did before. */
  refusal(authorization: string | undefined, caller: string): ProblemError | undefined {
    if (authorization === undefined || authorization === '')
      return new ProblemError('WB_ADMIN_KEY_MISSING', 'the request carries no admin key');
    const given = BEARER.exec(authorization)?.[1];
    // Both sides are hashed before they are compared, so neither length nor prefix shows in the time it takes.
    if (given !== undefined && safeEqual(given, this.key)) return undefined;
    return this.limit.fails(caller, this.clock.now())
      ? new ProblemError('WB_ADMIN_FLOOD', 'this address has sent too many wrong keys')
      : new ProblemError('WB_ADMIN_KEY_WRONG', 'the key is not the admin key of this gateway');
  }
}
