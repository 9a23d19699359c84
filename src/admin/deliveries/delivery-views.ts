import type { Configuration } from '../../accounts/configuration.js';
import { isOpen, type AttemptEntry, type DeliveryDoc } from '../../ledger/documents.js';
import type { TargetStates } from '../../settle/target-states.js';
import { deadlineOf } from '../../settle/transition.js';
import type { Masking } from '../masking.js';
import { explain, type Surroundings } from './explanation.js';

const iso = (date: Date | undefined): string | null => date?.toISOString() ?? null;

/** Rows as the admin API shows them: no claim token, times in ISO, foreign texts masked. */
export class DeliveryViews {
  constructor(
    private readonly configuration: Configuration,
    private readonly states: TargetStates,
    private readonly masking: Masking,
  ) {}

  private around(row: DeliveryDoc): Surroundings {
    const known = this.configuration.target(row.target) !== undefined;
    const { paused, who } = this.states.get(row.target);
    return {
      target: known ? { paused, who } : null,
      deadline: deadlineOf(row, this.states.pausedMs(row.target)),
    };
  }

  /** As it stands in lists. */
  line(row: DeliveryDoc) {
    const around = this.around(row);
    const opened = isOpen(row.state);
    const waits = opened && row.state !== 'sending' && row.reason !== 'hold';
    const { sentence, who, next } = explain(row, around);
    return {
      id: row._id,
      eventId: row.event,
      type: row.type,
      account: row.account,
      target: row.target,
      route: row.route,
      configVersion: row.configVersion,
      state: row.state,
      reason: this.masking.optional(row.reason),
      attempts: row.attempts,
      crashes: row.crashes,
      mayHaveArrived: row.unsure === true,
      createdAt: row.at.toISOString(),
      nextTryAt: waits ? iso(row.wakeAt) : null,
      deadline: opened ? new Date(around.deadline).toISOString() : null,
      settledAt: iso(row.settledAt),
      parent: row.parent ?? null,
      replayOf: row.replayOf ?? null,
      explanation: { sentence: this.masking.text(sentence), who, next: this.masking.text(next) },
    };
  }

  /** With its attempts and what the partner called it. */
  detail(row: DeliveryDoc, replays: readonly string[]) {
    return {
      ...this.line(row),
      remoteIds: this.masking.deep(row.remoteIds ?? {}),
      log: (row.log ?? []).map((entry) => this.attempt(entry)),
      replays,
    };
  }

  private attempt({ n, at, ms, step, outcome, status, note, request, answer }: AttemptEntry) {
    return {
      n,
      at: at.toISOString(),
      ms,
      step,
      outcome,
      status: status ?? null,
      note: this.masking.optional(note),
      request: this.masking.optional(request),
      answer: this.masking.optional(answer),
    };
  }
}
