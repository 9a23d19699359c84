import type { Account, Credential } from '../accounts/model.js';
import type { HttpRequest, HttpResponse, Notification } from '../contract/index.js';
import type { Clock } from '../platform/clock/clock.js';
import type { HttpPort } from '../platform/http/http-port.js';
import type { Log } from '../platform/log/log.js';

/** What a plugin asked for could not be had now: nobody may be let in, and nobody be told that the signature was wrong. */
export class MaterialsAwayError extends Error {
  readonly code = 'WB_IN_MATERIALS';

  constructor() {
    super('a key or certificate that proves the sender cannot be fetched right now');
  }
}

/** Keys and certificates hardly change; what a network withdrew is asked for again after a day. */
const KEPT_MS = 24 * 3_600_000;
/** An address that had nothing is not asked again at once: anybody can invent such addresses. */
const MISSED_MS = 60_000;
const KEPT = 256;
/** Fetches side by side; callers that are not verified yet make us fetch, so this is not theirs to raise. */
const FETCHES = 8;
const BODY_BYTES = 65_536;
const LIMIT_MS = 5000;

interface Kept {
  readonly response: HttpResponse;
  readonly until: number;
}

/** Answers by credential, in the order of the plugin's requests. */
export type MaterialsBy = ReadonlyMap<Credential, readonly HttpResponse[]>;

const NONE: MaterialsBy = new Map();

/**
 * Fetches what a source needs to verify a notification (`materials` of the plugin contract): guarded, without redirects,
 * kept by address, each address once at a time.
 */
export class Materials {
  private readonly kept = new Map<string, Kept>();
  private readonly fetching = new Map<string, Promise<HttpResponse>>();

  constructor(
    private readonly port: HttpPort,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * Throws `MaterialsAwayError` when an address gave no answer or a 5xx, when too many are being asked already, or when
   * one that is not at hand may not be fetched for this caller.
   */
  async gather(
    account: Account,
    notification: Notification,
    mayFetch: boolean,
  ): Promise<MaterialsBy> {
    const { source, credentials } = account;
    if (!source.materials) return NONE;
    const gathered = new Map<Credential, readonly HttpResponse[]>();
    for (const credential of credentials) {
      const requests = this.requests(account, notification, credential);
      gathered.set(
        credential,
        await Promise.all(requests.map((one) => this.answer(one, mayFetch))),
      );
    }
    return gathered;
  }

  private requests(
    { source }: Account,
    notification: Notification,
    { value }: Credential,
  ): readonly HttpRequest[] {
    try {
      return source.materials?.(notification, value) ?? [];
    } catch (error) {
      const err = error instanceof Error ? error.name : 'unknown';
      this.log.error({ code: 'WB_PLUGIN_THREW', plugin: source.name, stage: 'materials', err });
      return [];
    }
  }

  private answer(request: HttpRequest, mayFetch: boolean): Promise<HttpResponse> {
    const name = `${request.method} ${request.url}`;
    const known = this.kept.get(name);
    if (known && this.clock.now() < known.until) return Promise.resolve(known.response);
    const running = this.fetching.get(name);
    if (running) return running;
    if (!mayFetch || this.fetching.size >= FETCHES) return Promise.reject(new MaterialsAwayError());
    const fetched = this.fetch(request, name).finally(() => this.fetching.delete(name));
    this.fetching.set(name, fetched);
    return fetched;
  }

  private async fetch(request: HttpRequest, name: string): Promise<HttpResponse> {
    const answer = await this.port.send(request, { bodyBytes: BODY_BYTES, totalMs: LIMIT_MS });
    if (answer.kind === 'failure' || answer.status >= 500) {
      const why = answer.kind === 'failure' ? answer.message : `status ${answer.status}`;
      this.log.warn(
        { code: 'WB_IN_MATERIALS', err: why },
        'what proves a sender was not to be had',
      );
      throw new MaterialsAwayError();
    }
    const { status, headers, body } = answer;
    const response = { status, headers, body };
    this.keep(name, response);
    return response;
  }

  private keep(name: string, response: HttpResponse): void {
    const ms = response.status === 200 ? KEPT_MS : MISSED_MS;
    this.kept.delete(name);
    this.kept.set(name, { response, until: this.clock.now() + ms });
    if (this.kept.size > KEPT) {
      const oldest = this.kept.keys().next().value;
      if (oldest !== undefined) this.kept.delete(oldest);
    }
  }
}
