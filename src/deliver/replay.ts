import type { Configuration } from '../accounts/configuration.js';
import { isOpen, type DeliveryDoc } from '../ledger/documents.js';
import type { LedgerStore } from '../ledger/store.js';
import type { Clock } from '../platform/clock/clock.js';
import { randomId, replayId } from '../platform/ids/ids.js';
import type { ConfigVersion } from '../route/config-version.js';
import { allowsTest } from '../route/planner.js';
import type { TargetStates } from '../settle/target-states.js';
import { decide, type Decision } from './decide.js';
import type { DeliveryQueue } from './queue.js';

export type Replayed =
  | { readonly ok: true; readonly id: string }
  | {
      readonly ok: false;
      readonly code:
        'WB_DELIVERY_UNKNOWN' | 'WB_DELIVERY_OPEN' | 'WB_DELIVERY_TEST' | 'WB_TARGET_UNKNOWN';
      readonly why: string;
    };

/** Sends a finished delivery again, deliberately: a new row with `replayOf`, the old one stays as it was. */
export class Replays {
  constructor(
    private readonly store: LedgerStore,
    private readonly configuration: Configuration,
    private readonly queue: DeliveryQueue,
    private readonly states: TargetStates,
    private readonly version: ConfigVersion,
    private readonly clock: Clock,
  ) {}

  async replay(id: string): Promise<Replayed> {
    const row = await this.store.deliveries.findOne({ _id: id });
    if (!row) return { ok: false, code: 'WB_DELIVERY_UNKNOWN', why: 'there is no such delivery' };
    if (isOpen(row.state))
      return {
        ok: false,
        code: 'WB_DELIVERY_OPEN',
        why: `it is still ${row.state}; it will be tried without help`,
      };
    const target = this.configuration.target(row.target);
    if (!target) {
      return {
        ok: false,
        code: 'WB_TARGET_UNKNOWN',
        why: `the target ${row.target} is no longer configured`,
      };
    }
    const route = this.configuration.routes.find((one) => one.id === row.route);
    if (row.state === 'skipped' && row.reason === 'test' && !allowsTest(target, route)) {
      const why =
        'it is a test event and the target is live; allow it by `test: true` on the route';
      return { ok: false, code: 'WB_DELIVERY_TEST', why };
    }
    const fresh = this.rowFor(row);
    await this.store.deliveries.insertOne(fresh);
    this.queue.enqueue({
      target: fresh.target,
      ids: [fresh._id],
      account: fresh.account,
      until: fresh.wakeAt.getTime(),
      at: this.clock.now(),
    });
    return { ok: true, id: fresh._id };
  }

  /** A person's word on a delivery that waits for one; false when it does not. */
  decide(id: string, decision: Decision): Promise<boolean> {
    return decide(this.store, this.clock, id, decision);
  }

  private rowFor(row: DeliveryDoc): DeliveryDoc & { wakeAt: Date } {
    const now = this.clock.now();
    return {
      _id: replayId(row.event, row.target, randomId()),
      event: row.event,
      target: row.target,
      account: row.account,
      type: row.type,
      route: row.route,
      configVersion: this.version.current,
      state: 'due',
      wakeAt: new Date(now + 30_000),
      attempts: 0,
      crashes: 0,
      // What was sent before may have arrived: a partner that can be asked is asked first.
      ...(row.attempts > 0 || row.unsure ? { unsure: true } : {}),
      at: new Date(now),
      pausedMs: this.states.pausedMs(row.target),
      ...(row.remoteIds ? { remoteIds: row.remoteIds } : {}),
      replayOf: row.replayOf ?? row._id,
    };
  }
}
