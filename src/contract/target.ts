import { CONTRACT_VERSION } from './version.js';
import type { CanonicalEvent, EventType } from './event.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { Outcome, RemoteIds, SkipReason } from './outcome.js';
import type { SettingsClass } from './settings.js';

/** Do not send this event to this target, for a reason of the list. */
export interface Skip {
  readonly skip: SkipReason;
}

export const skip = (reason: SkipReason): Skip => ({ skip: reason });
export const isSkip = (value: HttpRequest | readonly HttpRequest[] | Skip): value is Skip =>
  'skip' in value;

/** An earlier delivery to the same target about the same order, or about the click behind it. */
export interface HistoryEntry {
  readonly event: CanonicalEvent;
  /** Delivery state (architecture §3): `delivered`, `duplicate`, `refused` … or a non-final one. */
  readonly state: string;
  readonly remoteIds: RemoteIds;
}

/** The answer to an earlier step of this same delivery. */
export interface StepAnswer {
  readonly remoteIds: RemoteIds;
  readonly note?: string;
}

/** What this target was told about this order and its click, and how far this delivery has come. */
export interface History {
  /** Oldest first. Filled for types in `needsHistory` only. */
  readonly entries: readonly HistoryEntry[];
  /** Steps of this delivery that already have an outcome. */
  readonly steps: readonly StepAnswer[];
  /** Server clock of this attempt, epoch milliseconds: for signature timestamps, never for ids. */
  readonly now: number;
  /** 1 on the first try. */
  readonly attempt: number;
}

/** What `classify` knows beside the answer. */
export interface Sent {
  readonly step: number;
  /** 1 on the first try. */
  readonly attempt: number;
  /** An earlier attempt may have reached the partner: a duplicate answer is then our own. */
  readonly mayHaveArrived: boolean;
  readonly history: History;
}

/**
 * An outbound plugin: plain data and pure functions (architecture §5). A list of requests runs in order; a retry
 * resumes at the first step without an outcome, and `build` is asked again after each step, so a later step may
 * use what an earlier one learnt (`history.steps`). The list may grow from step to step but never reorder; the delivery
 * is done when every request of the last list has its answer. A plain request (no list) is done with its answer.
 */
export interface TargetDefinition<S extends object> {
  readonly name: string;
  readonly label: string;
  readonly settings: SettingsClass<S>;
  readonly accepts: readonly EventType[];
  /** Types whose `build` reads `history.entries`; costs database reads. Default: the reversal types. */
  readonly needsHistory?: readonly EventType[];
  /** After an attempt of unknown fate: `resend` under the same idempotency id (default), `lookup` first, or `hold` for a person. */
  readonly onUncertain?: 'resend' | 'lookup' | 'hold';
  /** Cheap check at save time beyond the settings class: sentences, empty when fine. */
  lint?(settings: S): readonly string[];
  build(
    event: CanonicalEvent,
    settings: S,
    history: History,
  ): HttpRequest | readonly HttpRequest[] | Skip;
  /** Reads status and body. Default: `byStatus`. Never throws, whatever the body. */
  classify?(response: HttpResponse, event: CanonicalEvent, settings: S, sent: Sent): Outcome;
  /** Asked before every attempt after one that may have arrived (that is: after any attempt). `found` gives an outcome (it is there), null (it is not), or retry. Of a plan of several requests a hit stands for the first (step 0): its `remoteIds` become `history.steps[0]`, and the delivery goes on with the second. */
  readonly lookup?: {
    build(event: CanonicalEvent, settings: S, history: History): HttpRequest | null;
    found(response: HttpResponse, event: CanonicalEvent, settings: S): Outcome | null;
  };
}

export interface TargetPlugin<S extends object = object> extends TargetDefinition<S> {
  readonly kind: 'target';
  readonly contract: string;
}

/** Declares an outbound plugin; the default export of `plugins/<name>/index.ts`. */
export const defineTarget = <S extends object>(
  definition: TargetDefinition<S>,
): TargetPlugin<S> => ({
  kind: 'target',
  contract: CONTRACT_VERSION,
  ...definition,
});
