import { safeEqual } from '../../contract/index.js';
import { UnverifiedLimit } from '../../ingest/unverified-limit.js';
import type { Clock } from '../../platform/clock/clock.js';
import { ProblemError } from '../problems/problem.js';
import type { AdminKeys } from './admin-keys.js';
import type { Caller } from './caller.js';
import { SCOPES } from './scopes.js';

const BEARER = /^Bearer +([!-~]{1,512})$/i;

/** The key from the environment or the data directory: it may do everything, and makes the others. */
const FIRST: Caller = { id: 'first', name: 'first key', scopes: SCOPES };

/** Decides who a request comes from: `Authorization: Bearer <key>` (RFC 6750 §2.1). */
export class AdminAccess {
  private readonly limit = new UnverifiedLimit();

  constructor(
    private readonly key: string,
    private readonly keys: Pick<AdminKeys, 'identify'>,
    private readonly clock: Clock,
  ) {
    if (key === '') throw new Error('the admin key must not be empty');
  }

  /** A right key is never refused, whatever its address did before. Rejects only when MongoDB cannot be asked. */
  async identify(
    authorization: string | undefined,
    caller: string,
  ): Promise<Caller | ProblemError> {
    if (authorization === undefined || authorization === '')
      return new ProblemError('WB_ADMIN_KEY_MISSING', 'the request carries no admin key');
    const given = BEARER.exec(authorization)?.[1];
    // Both sides are hashed before they are compared, so neither length nor prefix shows in the time it takes.
    if (given !== undefined && safeEqual(given, this.key)) return FIRST;
    const known = given === undefined ? undefined : await this.keys.identify(given);
    if (known) return known;
    return this.limit.fails(caller, this.clock.now())
      ? new ProblemError('WB_ADMIN_FLOOD', 'this address has sent too many wrong keys')
      : new ProblemError(
          'WB_ADMIN_KEY_WRONG',
          'the key is not one of this gateway, or it has ended',
        );
  }
}
