import type { Configuration } from '../accounts/configuration.js';
import type { Account } from '../accounts/model.js';
import { isRecordSeen, type EventDraft, type RecordSeen } from '../contract/index.js';
import type { DraftDoc, DraftResult } from '../ledger/documents.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Normalizer } from '../normalize/normalizer.js';
import type { Clock } from '../platform/clock/clock.js';
import type { FaultPointName } from '../platform/fault/fault-point.js';
import type { Log } from '../platform/log/log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import { backoff, clampRetryAfter, DEADLINE_MS } from '../settle/schedule.js';
import { WAITS, type DraftClaims } from './draft-claims.js';
import { tellReceipt } from './draft-receipts.js';
import type { LookedUp, LookUps } from './look-up.js';
import type { RecordStates } from './record-states.js';

/** A draft over which so many processes ended is parked: it may be what ends them. */
const MAX_CRASHES = 5;
/** Behind another draft of its record: it is woken when that one is done, and looks by itself after this (milliseconds). */
const BEHIND_MS = 30_000;
const NO_ACCOUNT_MS = 60_000;

export interface DraftWorkParts {
  readonly configuration: Configuration;
  readonly ledger: Ledger;
  readonly normalizer: Normalizer;
  readonly claims: DraftClaims;
  readonly states: RecordStates;
  readonly lookUps: LookUps;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly random: () => number;
  readonly fault: (name: FaultPointName) => void;
}

interface Ending {
  readonly result: DraftResult;
  readonly reason?: string;
  readonly eventIds?: string[];
}

type Change = EventDraft | RecordSeen;

/**
 * One claimed draft, from its turn to its events: the turn of its record, look-ups, the state of the record, the ledger,
 * its receipt. Every step can be done again, so that a process may end between any two.
 */
export class DraftWork {
  constructor(private readonly parts: DraftWorkParts) {}

  async run(row: DraftDoc): Promise<void> {
    this.parts.fault('after-draft-claim');
    if (row.state !== 'open') return this.close(row);
    const account = this.parts.configuration.account(row.account);
    if (row.crashes >= MAX_CRASHES)
      return this.end(row, { result: 'parked', reason: 'WB_DRAFT_POISON' });
    if (!account) return this.later(row, 'the account is no longer configured', NO_ACCOUNT_MS);
    const first = await this.parts.claims.before(row);
    if (first !== undefined) return this.behind(row, first);
    const told = JSON.parse(row.told ?? 'null') as Change;
    const nothing = await this.nothing(row, told);
    if (nothing !== undefined) return this.decided(row, account, told);
    if (isRecordSeen(told)) return this.decided(row, account, told);
    const draft = await this.lookUp(row, account, told);
    if (draft) await this.decided(row, account, draft);
  }

  /** Why the change is no event as things stand: then nothing need be looked up for it. */
  private async nothing(row: DraftDoc, told: Change): Promise<string | undefined> {
    if (row.record === undefined) return undefined;
    return (await this.parts.states.foresee(row.record, row._id, told)).why;
  }

  private async behind(row: DraftDoc, first: number): Promise<void> {
    const now = this.parts.clock.now();
    const at = Math.min(Math.max(first, now) + 1000, now + BEHIND_MS);
    await this.parts.claims.putBack(row, at, { reason: WAITS });
  }

  /** Look-ups until none is wanted. Undefined: it waits, or it has come to its end. */
  private async lookUp(
    row: DraftDoc,
    account: Account,
    told: EventDraft,
  ): Promise<EventDraft | undefined> {
    const { lookUps, metrics, claims, fault } = this.parts;
    const source = account.source.name;
    let draft = told;
    for (let step = row.step; ; step += 1) {
      const found = await lookUps.next(account, draft, step);
      if (found.kind === 'whole') return draft;
      metrics.lookUps.inc({ source, outcome: OUTCOMES[found.kind] });
      fault('after-look-up');
      if (found.kind !== 'next') {
        await this.unfinished(row, found);
        return undefined;
      }
      draft = found.draft;
      if (!(await claims.keepStep(row, JSON.stringify(draft), step + 1))) return undefined;
    }
  }

  private async unfinished(
    row: DraftDoc,
    found: Exclude<LookedUp, { kind: 'whole' | 'next' }>,
  ): Promise<void> {
    if (found.kind === 'nothing')
      return this.end(row, { result: 'dropped', reason: 'the look-up shows that it is no event' });
    if (found.kind === 'fault') return this.end(row, { result: 'parked', reason: found.reason });
    return this.later(row, found.reason, found.afterMs);
  }

  private async later(row: DraftDoc, reason: string, afterMs?: number): Promise<void> {
    const { clock, random, claims, log } = this.parts;
    const now = clock.now();
    const end = row.since.getTime() + DEADLINE_MS;
    const { _id: draft, account } = row;
    if (now >= end) {
      log.error({ code: 'WB_LOOKUP_GAVE_UP', account, draft, reason }, 'parked');
      return this.end(row, { result: 'parked', reason: `WB_LOOKUP_GAVE_UP: ${reason}` });
    }
    if (row.attempts === 0) log.warn({ code: 'WB_LOOKUP_FAILED', account, reason }, 'a look-up');
    const wait = Math.max(
      backoff(row.attempts + 1, random()),
      afterMs === undefined ? 0 : clampRetryAfter(afterMs),
    );
    await claims.putBack(row, Math.min(now + wait, end), { attempts: row.attempts + 1, reason });
  }

  /** The state of the record decides what it is; then the ledger, the draft and the receipt hear of it, in this order. */
  private async decided(row: DraftDoc, account: Account, told: Change): Promise<void> {
    const { states, fault } = this.parts;
    const { record, _id } = row;
    const decision =
      record === undefined
        ? { drafts: isRecordSeen(told) ? [] : [told] }
        : await states.settle(account.id, record, _id, told);
    fault('after-record-state');
    const ending =
      decision.drafts.length === 0
        ? { result: 'dropped' as const, reason: decision.why ?? 'no event' }
        : await this.commit(row, account, decision.drafts);
    await this.end(row, ending);
    if (record !== undefined) await states.done(record, _id);
  }

  private async commit(
    row: DraftDoc,
    account: Account,
    drafts: readonly EventDraft[],
  ): Promise<Ending> {
    const { normalizer, ledger, clock, metrics, fault } = this.parts;
    const { events, rows } = normalizer.events(account, row, drafts, clock.now());
    const receipt = { _id: row.receipt, state: 'recorded', written: true } as const;
    const committed = await ledger.commit({ receipt, events, rows, links: [] });
    fault('after-draft-commit');
    for (const { _id, type } of events)
      if (committed.recorded.includes(_id)) metrics.events.inc({ source: row.source, type });
    const { state } = committed;
    const result = state === 'repeat' || state === 'conflict' ? state : 'recorded';
    return { result, eventIds: events.map((event) => event._id) };
  }

  private async end(row: DraftDoc, ending: Ending): Promise<void> {
    const state = ending.result === 'parked' ? 'parked' : 'done';
    if (!(await this.parts.claims.result(row, { ...ending, state }))) return;
    this.parts.metrics.drafts.inc({ source: row.source, result: ending.result });
    this.parts.fault('after-draft-result');
    await this.close(row);
  }

  private async close(row: DraftDoc): Promise<void> {
    const { ledger, claims } = this.parts;
    await tellReceipt(ledger.store, row);
    await claims.end(row);
    await claims.wakeNext(row);
  }
}

const OUTCOMES = { next: 'answered', nothing: 'answered', again: 'again', fault: 'fault' } as const;
