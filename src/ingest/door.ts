import type { Configuration } from '../accounts/configuration.js';
import { credentialPlace, type Account } from '../accounts/model.js';
import type { Notification, ReceiptResult } from '../contract/index.js';
import type { CommitRequest, CommitResult } from '../ledger/commit.js';
import type { ReceiptDoc } from '../ledger/documents.js';
import type { Ledger } from '../ledger/ledger.js';
import { newReceipt } from '../normalize/receipts.js';
import type { Normalizer } from '../normalize/normalizer.js';
import type { Clock } from '../platform/clock/clock.js';
import type { Log } from '../platform/log/log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import type { Materials, MaterialsBy } from '../verify/materials.js';
import type { Verifier } from '../verify/verifier.js';
import { admission } from './admission.js';
import { accepted, refusals, type Answer } from './answer.js';
import { UnverifiedLimit } from './unverified-limit.js';

/** One call at `/in/<source>/<account>[/<token>]`, as raw as it came. */
export interface Call {
  readonly source: string;
  readonly account: string;
  readonly token: string;
  readonly method: string;
  /** With the question mark left out. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Address of the caller, for the flood limit only. */
  readonly caller: string;
}

export interface DoorParts {
  readonly configuration: Configuration;
  readonly verifier: Verifier;
  readonly materials: Materials;
  readonly normalizer: Normalizer;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
}

const EMPTY = Buffer.alloc(0);

interface Gathered {
  readonly materials?: MaterialsBy;
  readonly refused?: Answer;
}

const NOTHING_TO_GATHER: Gathered = {};

/**
 * The door: account, method, size, proof, meaning, durable write, answer, in this order. Verification comes before
 * anything else is done with a notification, and a 2xx never before everything of it is on a majority of disks.
 */
export class Door {
  private readonly limit = new UnverifiedLimit();

  constructor(private readonly parts: DoorParts) {}

  /** The one account of a source: calls that name none mean it. '' where there is none, or more than one. */
  onlyAccount(source: string): string {
    const found = this.parts.configuration.accounts.filter((one) => one.source.name === source);
    return found.length === 1 ? (found[0]?.id ?? '') : '';
  }

  async handle(call: Call): Promise<Answer> {
    const account = this.parts.configuration.account(call.account);
    if (!account || account.source.name !== call.source) return this.unknown();
    const started = performance.now();
    const notification = this.notification(account, call);
    const probe = account.source.probe?.(notification);
    if (probe) return probe;
    const refused = admission(
      account.source,
      call.method,
      call.headers,
      call.body.length,
      call.query.length,
    );
    if (refused) return this.counted(account, refused, `status-${refused.status}`);
    const answer = await this.admit(account, notification, call.caller);
    this.parts.metrics.ackMs.observe({ source: account.source.name }, performance.now() - started);
    return answer;
  }

  /** While only the file is known, the account may be one that the admin API made: the network must try again. */
  private unknown(): Answer {
    return this.parts.configuration.whole ? refusals.unknown() : refusals.busy('WB_STORE_AWAY');
  }

  private notification(account: Account, call: Call): Notification {
    const query = call.query === '' ? '' : `?${call.query}`;
    const token = call.token === '' ? '' : `/${call.token}`;
    return {
      method: call.method,
      url: account.publicUrl === '' ? '' : `${account.publicUrl}${token}${query}`,
      pathToken: call.token,
      query: call.query,
      headers: call.headers,
      body: call.body.length === 0 ? EMPTY : call.body,
      receivedAt: this.parts.clock.now(),
    };
  }

  private counted(account: Account, answer: Answer, reason: string): Answer {
    this.parts.metrics.refusedAtDoor.inc({ source: account.source.name, reason });
    return answer;
  }

  private async admit(
    account: Account,
    notification: Notification,
    caller: string,
  ): Promise<Answer> {
    const { verifier, normalizer, clock, metrics, log } = this.parts;
    const gathered = account.source.materials
      ? await this.gather(account, notification, caller)
      : NOTHING_TO_GATHER;
    if (gathered.refused) return gathered.refused;
    const verification = verifier.verify(account, notification, gathered.materials);
    if (!verification.ok) {
      const { reason } = verification;
      log.debug({ account: account.id, reason }, 'a notification was refused');
      const flood = this.limit.fails(`${caller}|${account.id}`, clock.now());
      return this.counted(account, flood ? refusals.flood() : refusals.rejected(reason), reason);
    }
    const { verdict, credential } = verification;
    metrics.credentialUses.inc({
      account: account.id,
      credential: credentialPlace(account, credential),
    });
    const receipt = newReceipt(account, notification, { ...verdict, credential });
    const request = normalizer.toCommit(
      { account, payload: verdict.payload, trust: verdict.trust, receipt },
      clock.now(),
    );
    return this.record(account, notification, request);
  }

  /** What proves the sender and cannot be had now is no bad signature: the network is asked to come again. */
  private async gather(
    account: Account,
    notification: Notification,
    caller: string,
  ): Promise<Gathered> {
    // Whoever fails all the time must not make us fetch.
    const mayFetch = !this.limit.exhausted(`${caller}|${account.id}`, this.parts.clock.now());
    try {
      const materials = await this.parts.materials.gather(account, notification, mayFetch);
      return { materials };
    } catch (error) {
      const refused = mayFetch ? refusals.busy(codeOf(error)) : refusals.flood();
      return { refused: this.counted(account, refused, 'materials') };
    }
  }

  private async record(
    account: Account,
    notification: Notification,
    request: CommitRequest<ReceiptDoc>,
  ): Promise<Answer> {
    const { ledger, metrics, log } = this.parts;
    const source = account.source.name;
    try {
      const committed = await ledger.commit(request);
      const result = resultOf(committed, request);
      metrics.receipts.inc({ source, result: committed.state === 'pending' ? 'pending' : result });
      for (const event of request.events) {
        if (committed.recorded.includes(event._id))
          metrics.events.inc({ source, type: event.type });
      }
      if (result === 'parked' || result === 'conflict') {
        const { reason } = request.receipt;
        log.warn({ account: account.id, receipt: committed.receiptId, result, reason }, 'receipt');
      }
      return (
        account.source.acknowledge?.(notification, result, { settings: account.settings }) ??
        accepted(committed.receiptId, result)
      );
    } catch (error) {
      const code = codeOf(error);
      log.error(
        { code, account: account.id, err: error instanceof Error ? error.message : 'unknown' },
        'not acknowledged',
      );
      return this.counted(account, refusals.busy(code), 'store');
    }
  }
}

/** What waits for a look-up is recorded, as far as the network has to know. */
function resultOf({ state }: CommitResult, { events }: CommitRequest): ReceiptResult {
  if (state === 'pending') return 'recorded';
  return state === 'recorded' && events.length === 0 ? 'nothing' : state;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && code.startsWith('WB_') ? code : 'WB_STORE_AWAY';
}
