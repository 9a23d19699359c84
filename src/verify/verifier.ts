import type { Account, Credential } from '../accounts/model.js';
import {
  REJECTIONS,
  reject,
  type HttpResponse,
  type Notification,
  type Rejected,
  type Accepted,
  type RejectionReason,
  type Trust,
} from '../contract/index.js';
import type { Log } from '../platform/log/log.js';
import type { MaterialsBy } from './materials.js';

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

const TRUSTS: ReadonlySet<unknown> = new Set<Trust>([
  'signed',
  'encrypted',
  'shared-secret',
  'unauthenticated',
]);

/** Plugins from outside need not be typed; only a whole verdict counts, above all before it lets somebody in. */
function isVerdict(answer: unknown): answer is Accepted<unknown> | Rejected {
  if (typeof answer !== 'object' || answer === null) return false;
  const { ok, reason, trust } = answer as Partial<Record<string, unknown>>;
  if (ok === true) return 'payload' in answer && TRUSTS.has(trust);
  return ok === false && typeof reason === 'string' && Object.hasOwn(REJECTIONS, reason);
}

const NO_MATERIALS: MaterialsBy = new Map();

/** Tries the account's credentials, newest first, and says which one matched. */
export class Verifier {
  constructor(private readonly log: Log) {}

  /** Never throws: a plugin that does, or that answers no verdict, has not verified anything. */
  verify(
    account: Account,
    notification: Notification,
    materials: MaterialsBy = NO_MATERIALS,
  ): Verification {
    let refusal: RejectionReason | undefined;
    for (const credential of account.credentials.slice(0, MAX_CREDENTIALS)) {
      if (!usable(credential, notification.receivedAt)) continue;
      const verdict = this.ask(account, notification, credential, materials.get(credential) ?? []);
      if (verdict.ok) return { ok: true, verdict, credential: credential.id };
      if (refusal === undefined || rank(verdict.reason) < rank(refusal)) refusal = verdict.reason;
    }
    return { ok: false, reason: refusal ?? 'bad-signature' };
  }

  private ask(
    account: Account,
    notification: Notification,
    credential: Credential,
    materials: readonly HttpResponse[],
  ): Accepted<unknown> | Rejected {
    try {
      const answer: unknown = account.source.verify(notification, credential.value, materials);
      if (isVerdict(answer)) return answer;
      return this.broken('WB_PLUGIN_SHAPE', account, 'no verdict');
    } catch (error) {
      // The name only: a message may quote the notification.
      return this.broken(
        'WB_PLUGIN_THREW',
        account,
        error instanceof Error ? error.name : 'unknown',
      );
    }
  }

  private broken(code: string, account: Account, err: string): Rejected {
    this.log.error({ code, plugin: account.source.name, stage: 'verify', err });
    return reject('malformed');
  }
}
