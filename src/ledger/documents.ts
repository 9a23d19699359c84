import type { mongo } from 'mongoose';
import type { CanonicalEvent, RemoteIds, Trust } from '../contract/index.js';

/** What became of a notification. `pending`: it is kept, and its drafts wait for a look-up or for their turn. */
export const RECEIPT_STATES = ['recorded', 'pending', 'repeat', 'conflict', 'parked'] as const;
export type ReceiptState = (typeof RECEIPT_STATES)[number];

/** A verified notification as kept. `_id` is time-ordered. */
export interface ReceiptDoc {
  _id: string;
  account: string;
  source: string;
  state: ReceiptState;
  /** Why it is parked, for a person. */
  reason?: string;
  /** How it came in: from the network, asked for by us, or as an order of a prior platform. */
  via: 'network' | 'backfill' | 'import';
  at: Date;
  method: string;
  query: string;
  headers: Record<string, string>;
  raw: mongo.Binary | Buffer;
  /** JSON of the verified payload, when the plugin cannot rebuild it from the raw bytes. */
  payload?: string;
  trust: Trust;
  /** Which of the account's credentials matched (its name, never its value). */
  credential: string;
  eventIds: string[];
  /** Drafts that are no events at once: see `DraftDoc`. */
  draftIds?: string[];
}

/** The canonical event with its id as `_id`, plus what the indexes need. */
export interface EventDoc extends Omit<CanonicalEvent, 'id'> {
  _id: string;
  /** `account|name` for the order's id and every alias: what links the events of one purchase. */
  refs?: string[];
  /** Arrival, for paging. */
  at: Date;
}

export type DeliveryState =
  | 'due'
  | 'held'
  | 'sending'
  | 'retry'
  | 'uncertain'
  | 'delivered'
  | 'duplicate'
  | 'skipped'
  | 'refused'
  | 'dead'
  | 'cancelled';

export const OPEN_STATES = ['due', 'held', 'sending', 'retry', 'uncertain'] as const;
export const FINAL_STATES = [
  'delivered',
  'duplicate',
  'skipped',
  'refused',
  'dead',
  'cancelled',
] as const;

const open: ReadonlySet<string> = new Set(OPEN_STATES);
export const isOpen = (state: string): boolean => open.has(state);

/** One try, as kept on the row. `ms` is a latency class, so that equal attempts settle in one update. */
export interface AttemptEntry {
  n: number;
  at: Date;
  ms: number;
  step: number;
  outcome: string;
  /** How far the answer proves that the partner has it; only on `delivered`. */
  proof?: string;
  status?: number;
  note?: string;
  request?: string;
  answer?: string;
}

export interface StepEntry {
  remoteIds: RemoteIds;
  note?: string;
}

/** One event for one target. */
export interface DeliveryDoc {
  _id: string;
  event: string;
  target: string;
  account: string;
  type: string;
  route: string;
  configVersion: number;
  state: DeliveryState;
  reason?: string;
  /** When the sweeper must look at it; unset once final. */
  wakeAt?: Date;
  token?: string;
  /** Attempts with an outcome. */
  attempts: number;
  /** Claims that ended without one. */
  crashes: number;
  /** Token of the claim whose attempt began; only on rows that one more crash would end. */
  begun?: string;
  /** An earlier attempt may have reached the partner. */
  unsure?: boolean;
  sentAt?: Date;
  /** Birth; the 72 hours start here. */
  at: Date;
  /** The target's paused milliseconds at birth: pauses before it do not count. */
  pausedMs: number;
  steps?: StepEntry[];
  remoteIds?: RemoteIds;
  parent?: string;
  replayOf?: string;
  log?: AttemptEntry[];
  settledAt?: Date;
}

/** Names of one purchase that belong together, told by a notification that is no event. */
export interface OrderLinkDoc {
  _id: string;
  account: string;
  refs: string[];
  at: Date;
}

/**
 * One click or impression, in a collection of its own that holds nothing personal (REQ-30). `_id` is the click id that
 * travels to the shop and back.
 */
export interface TouchDoc {
  _id: string;
  kind: 'click' | 'impression';
  at: Date;
  offer: string | null;
  affiliate: string | null;
  campaign: string | null;
  source: string | null;
  placement: string | null;
  utm: Record<string, string>;
  subIds: string[];
  /** The affiliate's own click id. */
  theirs: string | null;
  /** What clicks of one browser have in common: a random name from a cookie, else the touch's own id. */
  visitor: string;
  /** When it is forgotten unless it converted; unset once it has. */
  expireAt?: Date;
  /** Not yet compared with conversions that came before it. */
  fresh?: true;
  /** Account in whose name it still has to become a CLICK event. */
  tell?: string;
  /** The order that this click earned, where a click earns one at most. */
  wonBy?: string;
}

/** What became of a draft. `dropped`: it is no event, and the reason says why. */
export type DraftResult = 'recorded' | 'repeat' | 'conflict' | 'dropped' | 'parked';

/**
 * A draft whose event is not known at the door: it must be looked up, or goes through the state of its record. `_id`
 * comes from account, key and content, so that a repeat meets the unique key. Kept when done: it says what was decided.
 */
export interface DraftDoc {
  _id: string;
  account: string;
  source: string;
  receipt: string;
  /** Drafts of the same receipt, this one included. */
  of: number;
  receivedAt: Date;
  trust: Trust;
  /** The scoped name of its record; drafts of one record take turns. */
  record?: string;
  /** The place in that turn: the network's time, else the arrival. */
  at: Date;
  /** JSON of what the network told, with what look-ups added; unset at the end, since it may hold personal data. */
  told?: string;
  /** Look-ups that were answered. */
  step: number;
  /** Look-ups that failed. */
  attempts: number;
  /** Claims that ended without an outcome. */
  crashes: number;
  state: 'open' | 'done' | 'parked';
  result?: DraftResult;
  /** Why it waits, was dropped or is parked; no personal data. */
  reason?: string;
  /** Events that it became. */
  eventIds?: string[];
  /** The 72 hours start here. */
  since: Date;
  /** When it must be looked at; unset at the end. */
  wakeAt?: Date;
  token?: string;
}

/** The scoped name of an order or alias. */
export const orderRef = (account: string, name: string): string => `${account}|${name}`;

/** The event as rooms and plugins see it. */
export function toEvent(doc: EventDoc): CanonicalEvent {
  const { _id, refs: _refs, at: _at, ...rest } = doc;
  return { id: _id, ...rest };
}
