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
  readonly targetPaused = this.gauge('waybill_target_paused', '1 while a target is paused', [
    'target',
  ]);
  readonly oldestDueSeconds = this.gauge(
    'waybill_oldest_due_seconds',
    'Age of the oldest due delivery',
    ['target'],
  );
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
