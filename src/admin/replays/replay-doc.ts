import type { ProblemCode } from '../problems/problem.js';

export const REPLAY_KINDS = ['deliveries', 'receipts'] as const;
export type ReplayKind = (typeof REPLAY_KINDS)[number];

/** States of deliveries that a bulk replay finds: all that did not reach the partner and are past every try. */
export const REPLAY_STATES = ['dead', 'refused', 'skipped'] as const;
export type ReplayedState = (typeof REPLAY_STATES)[number];

/** What is to be replayed; all of it must hold. */
export interface ReplayFilter {
  readonly target?: string;
  readonly account?: string;
  /** Deliveries only; `dead` and `refused` unless given. */
  readonly state?: readonly ReplayedState[];
  /** Beginning of the reason. */
  readonly reason?: string;
  /** Event type; deliveries only. */
  readonly type?: string;
  /** ISO 8601: birth of the delivery, arrival of the receipt. `from` included, `to` not. */
  readonly from?: string;
  readonly to?: string;
}

/** Up to where a bulk replay has come. Deliveries: place in the list of states, target, birth. Receipts: `id`. */
export interface ReplayPlace {
  readonly state: number;
  readonly target: string;
  /** Epoch ms; everything up to it is behind. */
  readonly at: number;
  readonly id: string;
}

export const REPLAY_START: ReplayPlace = { state: 0, target: '', at: -1, id: '' };

/** A replay of many. `_id` is time-ordered, and the nonce of every row that it makes. */
export interface ReplayDoc {
  _id: string;
  kind: ReplayKind;
  filter: ReplayFilter;
  ratePerSecond: number;
  who: { id: string; name: string };
  state: 'running' | 'done' | 'cancelled' | 'failed';
  startedAt: Date;
  /** Nothing that came to its end after this moment belongs to it: it never chases what it makes itself. */
  before: Date;
  endedAt?: Date;
  matched: number;
  /** Sent again, or read again with success. */
  done: number;
  refused: number;
  /** Why, by code or word. */
  reasons: Record<string, number>;
  place: ReplayPlace;
  /** While somebody works on it: until when it is his. */
  leaseUntil: Date;
  token?: string;
  /** Failed runs since the last step that came through. */
  failures: number;
  /** Why it failed. */
  reason?: ProblemCode;
}
