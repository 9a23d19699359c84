import type { Outcome, RemoteIds } from '../contract/index.js';
import type { AttemptEntry, DeliveryDoc, StepEntry } from '../ledger/documents.js';
import { clampRetryAfter, DEADLINE_MS, nextTry } from './schedule.js';

/** What one attempt told us. */
export interface AttemptResult {
  readonly outcome: Outcome;
  /** Bytes may have reached the partner although no answer came. */
  readonly unsure: boolean;
  /** Milliseconds at the partner. */
  readonly ms: number;
  readonly step: number;
  /** Steps that got an outcome in this attempt, in order. */
  readonly newSteps: readonly StepEntry[];
  readonly status?: number;
  /** Method and URL fit for a screen. */
  readonly request?: string;
  /** Excerpt of the answer, at most 4 KiB; kept for attempts that did not deliver. */
  readonly answer?: string;
}

/** The change of a row, by field. `undefined` in `set` never occurs; `unset` lists fields that go. */
export interface Transition {
  readonly set: Partial<DeliveryDoc>;
  readonly unset: readonly (keyof DeliveryDoc)[];
  readonly entry?: AttemptEntry;
  readonly attempts: 0 | 1;
  /** Pauses the target, with who must act. */
  readonly pause?: string;
  /** The partner asked not to be called before this, epoch ms: the whole target waits. */
  readonly gateUntil?: number;
  readonly final: boolean;
}

/** Latency classes, milliseconds: equal attempts settle in one update (docs/performance.md). */
const CLASSES = [
  1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 2000, 3000, 5000,
  10_000,
];
export const latencyClass = (ms: number): number => CLASSES.find((limit) => ms <= limit) ?? 20_000;

const MAX_EXCERPT = 4096;

/** End of a row's 72 unpaused hours, epoch ms. `pausedMs`: what the target has been paused in all, by now. */
export const deadlineOf = (row: Pick<DeliveryDoc, 'at' | 'pausedMs'>, pausedMs: number): number =>
  row.at.getTime() + DEADLINE_MS + Math.max(0, pausedMs - row.pausedMs);

const noteOf = (outcome: Outcome): string | undefined => {
  switch (outcome.kind) {
    case 'refused':
    case 'skipped':
      return outcome.reason;
    case 'misconfigured':
      return outcome.who;
    case 'delivered':
    case 'duplicate':
    case 'retry':
      return outcome.note;
  }
};

function entryOf(row: DeliveryDoc, result: AttemptResult, now: number): AttemptEntry {
  const { outcome } = result;
  const note = noteOf(outcome);
  const bad = outcome.kind !== 'delivered' && outcome.kind !== 'skipped';
  return {
    n: row.attempts + 1,
    at: new Date(now),
    ms: latencyClass(result.ms),
    step: result.step,
    outcome: outcome.kind,
    ...(outcome.kind === 'delivered' ? { proof: outcome.proof } : {}),
    ...(result.status === undefined ? {} : { status: result.status }),
    ...(note === undefined ? {} : { note: note.slice(0, 500) }),
    ...(result.request === undefined || !bad ? {} : { request: result.request.slice(0, 2048) }),
    ...(result.answer === undefined || !bad ? {} : { answer: result.answer.slice(0, MAX_EXCERPT) }),
  };
}

function merged(row: DeliveryDoc, result: AttemptResult): RemoteIds | undefined {
  const own = 'remoteIds' in result.outcome ? result.outcome.remoteIds : undefined;
  const all = [row.remoteIds, ...result.newSteps.map((step) => step.remoteIds), own].filter(
    (ids) => ids !== undefined,
  );
  const together = Object.assign({}, ...all) as RemoteIds;
  return Object.keys(together).length > 0 ? together : undefined;
}

/** The partner named a time for all of us, not for this delivery alone: 429 (RFC 6585 §4) and 503 (RFC 9110 §15.6.4). */
export const namesWait = ({ outcome, status }: AttemptResult): boolean =>
  outcome.kind === 'retry' &&
  outcome.afterMs !== undefined &&
  !Number.isNaN(outcome.afterMs) &&
  (status === 429 || status === 503);

const CLAIM = ['token', 'wakeAt', 'sentAt'] as const;

interface Context {
  readonly now: number;
  readonly pausedMs: number;
  readonly random: number;
  /** The target would rather ask a person than send twice. */
  readonly hold: boolean;
}

function waiting(
  row: DeliveryDoc,
  result: AttemptResult,
  context: Context,
): Pick<Transition, 'set' | 'unset' | 'final' | 'gateUntil'> {
  const { now, pausedMs, random, hold } = context;
  const deadline = deadlineOf(row, pausedMs);
  const retryAfterMs = result.outcome.kind === 'retry' ? result.outcome.afterMs : undefined;
  const unsure = result.unsure ? { unsure: true } : {};
  const at = nextTry({ tries: row.attempts + 1, now, deadline, retryAfterMs, random });
  if (at === undefined) {
    return {
      set: { ...unsure, state: 'dead', reason: 'deadline', settledAt: new Date(now) },
      unset: CLAIM,
      final: true,
    };
  }
  if (result.unsure && hold) {
    return {
      set: { ...unsure, state: 'uncertain', reason: 'hold', wakeAt: new Date(deadline) },
      unset: ['token'],
      final: false,
    };
  }
  return {
    // Whatever ended its processes before, this attempt ended well enough to be told.
    set: {
      ...unsure,
      ...(row.crashes > 0 ? { crashes: 0 } : {}),
      state: 'retry',
      wakeAt: new Date(at),
    },
    unset: ['token', 'sentAt', 'reason'],
    final: false,
    // The row's own wait may be hours long; the others wait only for what was asked.
    ...(namesWait(result) ? { gateUntil: now + clampRetryAfter(retryAfterMs ?? 0) } : {}),
  };
}

function finalState(
  outcome: Outcome,
): { state: DeliveryDoc['state']; reason?: string } | undefined {
  switch (outcome.kind) {
    case 'delivered':
      return outcome.attributed === 'no'
        ? { state: 'delivered', reason: 'not-attributed' }
        : { state: 'delivered' };
    case 'duplicate':
      return outcome.ours ? { state: 'duplicate' } : { state: 'duplicate', reason: 'review' };
    case 'refused':
      return { state: 'refused', reason: outcome.reason.slice(0, 200) };
    case 'skipped':
      return { state: 'skipped', reason: outcome.reason };
    case 'retry':
    case 'misconfigured':
      return undefined;
  }
}

/** Outcome of an attempt → the row's next state. Pure; the one place that decides. */
export function afterAttempt(
  row: DeliveryDoc,
  result: AttemptResult,
  context: Context,
): Transition {
  const remoteIds = merged(row, result);
  const learnt = {
    ...(remoteIds === undefined ? {} : { remoteIds }),
    ...(result.newSteps.length === 0 ? {} : { steps: [...(row.steps ?? []), ...result.newSteps] }),
  };
  const entry = entryOf(row, result, context.now);
  const final = finalState(result.outcome);
  if (final) {
    const attempts = result.outcome.kind === 'skipped' ? 0 : 1;
    const set = { ...learnt, ...final, settledAt: new Date(context.now) };
    return {
      set,
      unset: [...CLAIM, ...(final.reason === undefined ? (['reason'] as const) : [])],
      entry,
      attempts,
      final: true,
    };
  }
  if (result.outcome.kind === 'misconfigured') {
    const set = { ...learnt, state: 'due' as const, wakeAt: new Date(context.now) };
    return {
      set,
      unset: ['token', 'sentAt', 'reason'],
      entry,
      attempts: 0,
      pause: result.outcome.who,
      final: false,
    };
  }
  const next = waiting(row, result, context);
  return { ...next, set: { ...learnt, ...next.set }, entry, attempts: 1 };
}

/** Put a row back without an attempt: gate closed, parent pending, drain. */
export function putBack(
  state: 'due' | 'held',
  wakeAt: number,
  reason?: string,
  parent?: string,
): Transition {
  return {
    set: {
      state,
      wakeAt: new Date(wakeAt),
      ...(reason === undefined ? {} : { reason }),
      ...(parent === undefined ? {} : { parent }),
    },
    unset: reason === undefined ? ['token', 'sentAt', 'reason'] : ['token', 'sentAt'],
    attempts: 0,
    final: false,
  };
}

/** Ends a row without an attempt. */
export function endRow(
  state: 'skipped' | 'dead' | 'cancelled',
  reason: string,
  now: number,
): Transition {
  return {
    set: { state, reason, settledAt: new Date(now) },
    unset: [...CLAIM],
    attempts: 0,
    final: true,
  };
}
