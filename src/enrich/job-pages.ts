import type { Account, Credential } from '../accounts/model.js';
import type { HttpResponse, JobResult, SourceJob, Verified } from '../contract/index.js';
import type { CommitRequest } from '../ledger/commit.js';
import type { ReceiptDoc } from '../ledger/documents.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Normalizer } from '../normalize/normalizer.js';
import type { Clock } from '../platform/clock/clock.js';
import { timeId } from '../platform/ids/ids.js';
import type { HttpPort } from '../platform/http/http-port.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import { isNoToken, type Tokens } from './tokens.js';
import { untold } from './untold.js';

/** A page of a list is longer than an answer to a delivery. */
const BODY_BYTES = 8 * 1_048_576;

/** A page that came through, with everything of it in the ledger; or why there is none. */
export interface PageDone {
  readonly cursor: string | null;
  readonly more: boolean;
}

export interface JobPagesParts {
  readonly port: HttpPort;
  readonly tokens: Tokens;
  readonly turn: (account: Account) => Promise<void>;
  readonly normalizer: Normalizer;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

type Job = SourceJob<object, object, unknown>;
type Failed = { readonly reason: string };

/** One page of a job: request, answer, payloads into the ledger. The cursor is only handed on when all of them are there. */
export class JobPages {
  constructor(private readonly parts: JobPagesParts) {}

  async fetch(
    account: Account,
    credential: Credential,
    job: Job,
    cursor: string | null,
  ): Promise<PageDone | Failed> {
    const { clock, tokens, turn } = this.parts;
    const context = { cursor, now: clock.now(), settings: account.settings };
    const value = await tokens.credentials(account, credential);
    if (isNoToken(value)) return { reason: value.noToken };
    await turn(account);
    const response = await this.ask(account, job, value, context);
    if ('reason' in response) return response;
    if (response.status === 401) tokens.forget(account, credential);
    if (response.status < 200 || response.status > 299)
      return { reason: `HTTP ${response.status}` };
    const result = applied(account, job, response, context, value);
    if ('reason' in result) return result;
    for (const payload of result.payloads ?? [])
      await this.feed(account, credential, job, payload as Verified<unknown>);
    return { cursor: result.cursor, more: result.more === true };
  }

  private async ask(
    account: Account,
    job: Job,
    value: object,
    context: Parameters<Job['build']>[1],
  ): Promise<HttpResponse | Failed> {
    try {
      const request = job.build(value, context);
      const answer = await this.parts.port.send(request, { bodyBytes: BODY_BYTES });
      if (answer.kind === 'failure') return { reason: answer.code };
      // Half a page would move the cursor past what was cut off.
      return answer.truncated ? { reason: 'the answer is too long' } : answer;
    } catch {
      return { reason: `WB_PLUGIN_THREW: ${account.source.name} ${job.name}.build` };
    }
  }

  /** Like a notification, from normalize on. What the ledger has already leaves no receipt: a webhook told it. */
  private async feed(
    account: Account,
    credential: Credential,
    job: Job,
    payload: Verified<unknown>,
  ): Promise<void> {
    const { normalizer, ledger, clock, metrics } = this.parts;
    const now = clock.now();
    const receipt = backfillReceipt(account, credential, payload, now);
    const trust = receipt.trust;
    const whole = normalizer.toCommit({ account, payload, trust, receipt }, now);
    const request = job.knownBy === 'order' ? await untold(whole, ledger.store.events) : whole;
    if (await this.known(request)) return;
    const committed = await ledger.commit(request);
    const source = account.source.name;
    metrics.receipts.inc({ source, result: committed.state });
    for (const { _id, type } of request.events)
      if (committed.recorded.includes(_id)) metrics.events.inc({ source, type });
  }

  private async known({
    receipt,
    events,
    drafts = [],
    links,
  }: CommitRequest<ReceiptDoc>): Promise<boolean> {
    if (receipt.state === 'parked') return false;
    const { store } = this.parts.ledger;
    const count = async (
      collection: { countDocuments(filter: object): Promise<number> },
      docs: readonly { readonly _id: string }[],
    ): Promise<boolean> =>
      docs.length === 0 ||
      (await collection.countDocuments({ _id: { $in: docs.map(({ _id }) => _id) } })) ===
        docs.length;
    return (
      (await count(store.events, events)) &&
      (await count(store.drafts, drafts)) &&
      (await count(store.links, links))
    );
  }
}

function applied(
  account: Account,
  job: Job,
  response: HttpResponse,
  context: Parameters<Job['build']>[1],
  credentials: object,
): JobResult<unknown> | Failed {
  try {
    return job.apply(response, context, credentials) ?? { reason: 'the answer cannot be read' };
  } catch {
    return { reason: `WB_PLUGIN_THREW: ${account.source.name} ${job.name}.apply` };
  }
}

const backfillReceipt = (
  account: Account,
  credential: Credential,
  payload: unknown,
  now: number,
): ReceiptDoc => ({
  _id: timeId(now),
  account: account.id,
  source: account.source.name,
  state: 'recorded',
  via: 'backfill',
  at: new Date(now),
  method: 'GET',
  query: '',
  headers: {},
  raw: Buffer.alloc(0),
  payload: JSON.stringify(payload),
  // Asked for by us, with a secret of the account, over TLS.
  trust: 'shared-secret',
  credential: credential.id,
  eventIds: [],
});
