import type { Trust } from './event.js';

/** One inbound HTTP call before verification. Everything a verifier may look at; nothing is parsed yet. */
export interface Notification {
  /** Upper case. */
  readonly method: string;
  /** The configured public URL of this account's endpoint with path and query; '' when no public URL is configured. Never built from the Host header. */
  readonly url: string;
  /** The last path segment of `/in/<source>/<account>/<token>`; '' when absent. */
  readonly pathToken: string;
  /** Raw query string without the question mark; '' when absent. */
  readonly query: string;
  /** Lower-case names. Repeated headers arrive joined by ', '. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The exact bytes received. */
  readonly body: Buffer;
  /** Server clock, epoch milliseconds. The only clock a plugin sees. */
  readonly receivedAt: number;
}

/**
 * Why a notification was refused. The door maps each to a status (architecture §3, "Answers at the door"):
 * 401 for the first five, 400 for the rest.
 */
export const REJECTIONS = {
  'missing-signature': 401,
  'bad-signature': 401,
  'bad-token': 401,
  stale: 401,
  'wrong-account': 401,
  malformed: 400,
  empty: 400,
  'too-deep': 400,
  'duplicate-keys': 400,
  undecipherable: 400,
} as const;

export type RejectionReason = keyof typeof REJECTIONS;

declare const verifiedBrand: unique symbol;

/** A payload that went through `verify`. Only `accept` makes one, so `normalize` cannot be fed anything else. */
export type Verified<P> = P & { readonly [verifiedBrand]: true };

export interface Accepted<P> {
  readonly ok: true;
  readonly payload: Verified<P>;
  readonly trust: Trust;
}

export interface Rejected {
  readonly ok: false;
  readonly reason: RejectionReason;
}

export type Verdict<P> = Accepted<P> | Rejected;

/** Verification succeeded: hand on the payload. `P` must be plain JSON data (no Date, Map, Buffer, class). */
export const accept = <P>(payload: P, trust: Trust): Accepted<P> => ({
  ok: true,
  payload: payload as Verified<P>,
  trust,
});

/** Verification failed. One word, no detail: the outside must not learn how close it came. */
export const reject = (reason: RejectionReason): Rejected => ({ ok: false, reason });

/** What the network expects to hear. */
export interface Acknowledgement {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What became of a verified notification. `nothing`: understood, nothing to record. */
export type ReceiptResult = 'recorded' | 'repeat' | 'conflict' | 'parked' | 'nothing';
