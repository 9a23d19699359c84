import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from '@prometheus-io/client';

const MS = [1, 2, 4, 8, 16, 32, 64, 128, 250, 500, 1000, 2000, 5000, 10_000, 20_000];

/** Every signal of the gateway, in one registry of its own (no global state, so tests may hold several). */
export class Metrics {
  readonly registry = new Registry();

  private counter<T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[] = [],
  ): Counter<T> {
    return new Counter<T>({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  private gauge<T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[] = [],
  ): Gauge<T> {
    return new Gauge<T>({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  private histogram<T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[] = [],
  ): Histogram<T> {
    return new Histogram<T>({
      name,
      help,
      labelNames: [...labelNames],
      buckets: MS,
      registers: [this.registry],
    });
  }

  readonly receipts = this.counter(
    'waybill_receipts_total',
    'Verified notifications by what became of them',
    ['source', 'result'],
  );
  readonly refusedAtDoor = this.counter(
    'waybill_refused_total',
    'Notifications refused at the door, by reason',
    ['source', 'reason'],
  );
  readonly events = this.counter('waybill_events_total', 'Events recorded in the ledger', [
    'source',
    'type',
  ]);
  readonly clicks = this.counter(
    'waybill_clicks_total',
    'Clicks and impressions of tracking links: stored in time, late, or lost',
    ['type', 'result'],
  );
  readonly findings = this.counter(
    'waybill_findings_total',
    'What was found about clicks and their conversions, by flag',
    ['flag'],
  );
  readonly ackMs = this.histogram(
    'waybill_ack_ms',
    'Milliseconds from the first byte to the acknowledgement',
    ['source'],
  );
  readonly commitGroup = this.histogram(
    'waybill_commit_group_size',
    'Requests that shared one group commit',
  );
  readonly commitMs = this.histogram('waybill_commit_ms', 'Milliseconds of one group commit');
  readonly ledgerToQueue = this.histogram(
    'waybill_ledger_to_queue_ms',
    'Milliseconds from the commit to the hand-over to a lane',
  );
  readonly attempts = this.counter('waybill_attempts_total', 'Delivery attempts by outcome', [
    'target',
    'outcome',
  ]);
  readonly attemptMs = this.histogram(
    'waybill_attempt_ms',
    'Milliseconds of one attempt at the partner',
    ['target'],
  );
  readonly deliveries = this.counter(
    'waybill_deliveries_total',
    'Deliveries that reached a final state',
    ['target', 'state'],
  );
  readonly swept = this.counter('waybill_swept_total', 'Rows that the sweeper handed to a lane', [
    'target',
  ]);
  readonly leaseExpiries = this.counter(
    'waybill_lease_expiries_total',
    'Claims that ended without an outcome',
    ['target'],
  );
  readonly uncertain = this.counter(
    'waybill_uncertain_total',
    'Deliveries that became uncertain: a request may have gone out, and nobody knows',
    ['target'],
  );
  readonly repaired = this.counter('waybill_repaired_total', 'Halved receipts repaired');
  readonly storeErrors = this.counter('waybill_store_errors_total', 'Errors of MongoDB and Redis', [
    'store',
  ]);
  readonly laneWaiting = this.gauge(
    'waybill_lane_waiting',
    'Deliveries waiting in the in-process lane',
    ['target'],
  );
  readonly laneInFlight = this.gauge(
    'waybill_lane_in_flight',
    'Requests on their way to the partner',
    ['target'],
  );
  readonly breakerState = this.gauge(
    'waybill_breaker_state',
    'Circuit breaker of a target: 0 closed, 1 half-open, 2 open',
    ['target'],
  );
  readonly breakerTransitions = this.counter(
    'waybill_breaker_transitions_total',
    'Circuit breakers that this process turned, by the state they came into',
    ['target', 'state'],
  );
  readonly targetPaused = this.gauge('waybill_target_paused', '1 while a target is paused', [
    'target',
  ]);
  readonly oldestDueSeconds = this.gauge(
    'waybill_oldest_due_seconds',
    'For how long a delivery has been due at most; 0 when none is, or the target is paused',
    ['target'],
  );
  readonly backlog = this.gauge(
    'waybill_backlog',
    'Open deliveries by state, counted in indexes up to 50,000',
    ['target', 'state'],
  );
  readonly deadDeliveries = this.gauge(
    'waybill_dead_deliveries',
    'Deliveries that ended without the partner in 30 days and that nobody replayed, up to 1,000',
    ['target', 'reason'],
  );
  readonly parkedReceipts = this.gauge(
    'waybill_parked_receipts',
    'Receipts that wait for a plugin or a person, counted up to 50,000',
  );
  readonly drafts = this.counter(
    'waybill_drafts_total',
    'Drafts that were no events at once, by what became of them',
    ['source', 'result'],
  );
  readonly lookUps = this.counter(
    'waybill_look_ups_total',
    'Look-ups at networks, by what they came to',
    ['source', 'outcome'],
  );
  readonly draftsWaiting = this.gauge(
    'waybill_drafts_waiting',
    'Drafts that wait for a look-up or for their turn, counted up to 50,000',
  );
  readonly oldestDraftSeconds = this.gauge(
    'waybill_oldest_draft_seconds',
    'Age of the oldest draft that waits; 0 when none does',
  );
  readonly jobRuns = this.counter(
    'waybill_job_runs_total',
    'Runs of scheduled exchanges with networks, by what they came to',
    ['account', 'job', 'outcome'],
  );
  readonly jobLastSuccess = this.gauge(
    'waybill_job_last_success_timestamp_seconds',
    'When a scheduled exchange last came through',
    ['account', 'job'],
  );
  readonly backlogReadAt = this.gauge(
    'waybill_backlog_read_timestamp_seconds',
    'When the backlog was last read whole; 0 in a process that leaves that to another',
  );
  readonly lastSweep = this.gauge(
    'waybill_last_sweep_timestamp_seconds',
    'When this process last went through all targets',
  );
  readonly credentialUses = this.counter(
    'waybill_credential_uses_total',
    'Verified notifications by which of the credentials matched',
    ['account', 'credential'],
  );
  readonly credentialNotAfter = this.gauge(
    'waybill_credential_not_after_timestamp_seconds',
    'When a credential with an end stops being accepted',
    ['account', 'credential'],
  );
  readonly ready = this.gauge('waybill_ready', '1 while this process can durably accept');
  readonly indexesMissing = this.gauge(
    'waybill_indexes_missing',
    'Indexes that MongoDB does not have',
  );
  readonly evictionWrong = this.gauge(
    'waybill_redis_eviction_wrong',
    '1 while Redis may throw jobs away under memory pressure',
  );
  readonly storeUp = this.gauge('waybill_store_up', '1 while a store answers within a second', [
    'store',
  ]);
  readonly storeRoundTripMs = this.histogram(
    'waybill_store_round_trip_ms',
    'Milliseconds of one ping, every ten seconds',
    ['store'],
  );
  readonly buildInfo = this.gauge('waybill_build_info', 'Always 1; what runs here', [
    'version',
    'node',
    'role',
  ]);
  readonly clockSkewMs = this.gauge(
    'waybill_clock_skew_ms',
    'How far MongoDB runs ahead of this machine',
  );
  readonly draining = this.gauge('waybill_draining', '1 while this process drains');

  /** Event-loop lag, heap, sockets and the rest of Node's own figures. Once per process. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }
}
