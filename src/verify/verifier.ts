import type { Account, Credential } from '../accounts/model.js';
import {
  reject,
  type Notification,
  type Rejected,
  type Accepted,
  type RejectionReason,
} from '../contract/index.js';
import type { Log } from '../platform/log/log.js';

/** More credentials than this are never tried: a rotation has two. */
const MAX_CREDENTIALS = 5;

export type Verification =
  | { readonly ok: true; readonly verdict: Accepted<unknown>; readonly credential: string }
  | { readonly ok: false; readonly reason: RejectionReason };

/** The most telling of several refusals: a stale but otherwise right signature says more than a wrong one. */
const TELLING: readonly RejectionReason[] = [
  'stale',
  'wrong-account',
  'duplicate-keys',
  'too-deep',
  'malformed',
  'empty',
  'bad-signature',
  'bad-token',
  'undecipherable',
  'missing-signature',
];

const rank = (reason: RejectionReason): number => TELLING.indexOf(reason);

function usable(credential: Credential, now: number): boolean {
  const { notBefore, notAfter } = credential;
  return (
    (notBefore === undefined || notBefore <= now) && (notAfter === undefined || now < notAfter)
  );
}

/** Tries the account's credentials, newest first, and says which one matched. */
export class Verifier {
  constructor(private readonly log: Log) {}

  /** Never throws: a plugin that does has not verified anything. */
  verify(account: Account, notification: Notification): Verification {
    let refusal: RejectionReason | undefined;
    for (const credential of account.credentials.slice(0, MAX_CREDENTIALS)) {
      if (!usable(credential, notification.receivedAt)) continue;
      const verdict = this.ask(account, notification, credential);
      if (verdict.ok) return { ok: true, verdict, credential: credential.id };
      if (refusal === undefined || rank(verdict.reason) < rank(refusal)) refusal = verdict.reason;
    }
    return { ok: false, reason: refusal ?? 'bad-signature' };
  }

  private ask(
    account: Account,
    notification: Notification,
    credential: Credential,
  ): Accepted<unknown> | Rejected {
    try {
      return account.source.verify(notification, credential.value, []);
    } catch (error) {
      const err = error instanceof Error ? error.name : 'unknown';
      this.log.error({
        code: 'WB_PLUGIN_THREW',
        plugin: account.source.name,
        stage: 'verify',
        err,
      });
      return reject('malformed');
    }
  }
}
