import type { Account, Credential } from '../accounts/model.js';
import { retryAfterMs, type EventDraft, type HttpResponse } from '../contract/index.js';
import { draftFault } from '../normalize/draft-check.js';
import type { HttpAnswer, HttpPort } from '../platform/http/http-port.js';
import { isNoToken, type Tokens } from './tokens.js';

/** More look-ups than this no draft needs; a plugin that always wants another one must not go on for ever. */
export const MAX_STEPS = 8;

/** What one look-up came to. `again`: nobody is to blame but the moment; `fault`: only a better plugin helps. */
export type LookedUp =
  | { readonly kind: 'whole' }
  | { readonly kind: 'next'; readonly draft: EventDraft }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'again'; readonly reason: string; readonly afterMs?: number }
  | { readonly kind: 'fault'; readonly reason: string };

const BY_TIME: ReadonlySet<number> = new Set([401, 403, 408, 425, 429]);

/** Answers that another try may change: the token is replaced, the limit passes, the server comes back. */
export const mayPass = (status: number): boolean =>
  BY_TIME.has(status) || status >= 500 || (status >= 300 && status < 400);

const fault = (plugin: string, what: string): LookedUp => ({
  kind: 'fault',
  reason: `WB_PLUGIN_THREW: ${plugin} enrich.${what}`,
});

/** A look-up adds to a draft; what it is about it must not touch. */
function changedName(before: EventDraft, after: EventDraft): string | undefined {
  const names = (draft: EventDraft): string =>
    JSON.stringify([draft.key, draft.test, draft.record?.id, draft.record?.state]);
  if (names(before) !== names(after)) return 'enrich.apply changed key, test or record';
  return draftFault(after);
}

export interface LookUpParts {
  readonly port: HttpPort;
  readonly tokens: Tokens;
  /** Waits for the account's turn under its rate. */
  readonly turn: (account: Account) => Promise<void>;
}

/** One look-up at a time: which credential, the request, the answer laid over the draft. Never throws. */
export class LookUps {
  constructor(private readonly parts: LookUpParts) {}

  async next(account: Account, draft: EventDraft, step: number): Promise<LookedUp> {
    const { name, enrich } = account.source;
    if (!enrich || step >= MAX_STEPS) return { kind: 'whole' };
    let credential: Credential | undefined;
    try {
      credential = account.credentials.find(({ value }) => enrich.wants(draft, value, step));
    } catch {
      return fault(name, 'wants');
    }
    if (!credential) return { kind: 'whole' };
    await this.parts.turn(account);
    const answer = await this.ask(account, credential, draft, step);
    if ('reason' in answer) return answer;
    if (answer.kind === 'failure') return { kind: 'again', reason: answer.code };
    const { status, headers, body } = answer;
    const response = { status, headers, body };
    if (mayPass(status)) return this.later(account, credential, response);
    return this.applied(account, draft, response, step);
  }

  private async ask(
    account: Account,
    credential: Credential,
    draft: EventDraft,
    step: number,
  ): Promise<HttpAnswer | Extract<LookedUp, { reason: string }>> {
    const { settings, source } = account;
    const value = await this.parts.tokens.credentials(account, credential);
    if (isNoToken(value)) return { kind: 'again', reason: value.noToken };
    try {
      const request = source.enrich?.build(draft, value, { settings, step });
      if (request) return await this.parts.port.send(request);
    } catch {
      // Below: ports never throw, so it was the plugin.
    }
    return { kind: 'fault', reason: `WB_PLUGIN_THREW: ${source.name} enrich.build` };
  }

  private later(account: Account, credential: Credential, response: HttpResponse): LookedUp {
    if (response.status === 401) this.parts.tokens.forget(account, credential);
    const afterMs = retryAfterMs(response);
    const reason = `HTTP ${response.status}`;
    return { kind: 'again', reason, ...(afterMs === undefined ? {} : { afterMs }) };
  }

  private applied(
    { source, settings }: Account,
    draft: EventDraft,
    response: HttpResponse,
    step: number,
  ): LookedUp {
    let found: EventDraft | undefined;
    try {
      found = source.enrich?.apply(draft, response, { settings, step });
    } catch {
      return fault(source.name, 'apply');
    }
    if (found === undefined) return { kind: 'nothing' };
    const wrong = changedName(draft, found);
    return wrong === undefined
      ? { kind: 'next', draft: found }
      : { kind: 'fault', reason: `WB_PLUGIN_SHAPE: ${wrong}` };
  }
}
