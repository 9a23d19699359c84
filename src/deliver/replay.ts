import type { Configuration } from '../accounts/configuration.js';
import { isOpen, OPEN_STATES, type DeliveryDoc } from '../ledger/documents.js';
import { insertAll } from '../ledger/insert.js';
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

/** Why a row of many was left out. */
export type BulkRefusal = Extract<Replayed, { ok: false }>['code'] | 'WB_DELIVERY_SENT_SINCE';

type FreshRow = DeliveryDoc & { readonly wakeAt: Date };

/** The first delivery of an event to a target: all replays name it. */
const rootOf = ({ _id, replayOf }: Pick<DeliveryDoc, '_id' | 'replayOf'>): string =>
  replayOf ?? _id;

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
    const refusal = this.refusal(row);
    if (refusal) return refusal;
    const fresh = this.rowFor(row, randomId(), this.clock.now());
    await this.store.deliveries.insertOne(fresh);
    this.enqueue([fresh]);
    return { ok: true, id: fresh._id };
  }

  /**
   * The same for many rows at once. `nonce` names the occasion: under one nonce an event is sent to a target again at most
   * once, however often and from how many processes this is called. Also left out is what another replay has delivered
   * since, or is about to. Returns the reason for each row that was refused, by its id.
   */
  async replayMany(
    rows: readonly DeliveryDoc[],
    nonce: string,
  ): Promise<ReadonlyMap<string, BulkRefusal>> {
    const refused = new Map<string, BulkRefusal>();
    const sentSince = await this.sentSince(rows, nonce);
    const fresh: FreshRow[] = [];
    // One moment for all: the claim of an unclaimed row compares it.
    const now = this.clock.now();
    for (const row of rows) {
      const code = sentSince.has(rootOf(row))
        ? ('WB_DELIVERY_SENT_SINCE' as const)
        : this.refusal(row)?.code;
      if (code === undefined) fresh.push(this.rowFor(row, nonce, now));
      else refused.set(row._id, code);
    }
    const unique = [...new Map(fresh.map((row) => [row._id, row])).values()];
    const { duplicates } = await insertAll(() => this.store.deliveries, unique);
    this.enqueue(unique.filter((_row, i) => !duplicates.has(i)));
    return refused;
  }

  private refusal(row: DeliveryDoc): Extract<Replayed, { ok: false }> | undefined {
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
    return undefined;
  }

  /** First deliveries of which another one than this occasion's has reached the partner, or still may. */
  private async sentSince(
    rows: readonly DeliveryDoc[],
    nonce: string,
  ): Promise<ReadonlySet<string>> {
    const roots = [...new Set(rows.map(rootOf))];
    const own = rows.map((row) => replayId(row.event, row.target, nonce));
    const state = { $in: [...OPEN_STATES, 'delivered' as const, 'duplicate' as const] };
    const found = await this.store.deliveries
      .find(
        { $or: [{ replayOf: { $in: roots } }, { _id: { $in: roots } }], state },
        { projection: { replayOf: 1 } },
      )
      .toArray();
    return new Set(found.filter(({ _id }) => !own.includes(_id)).map(rootOf));
  }

  private enqueue(rows: readonly FreshRow[]): void {
    const at = this.clock.now();
    const groups = Map.groupBy(rows, ({ target, account }) => JSON.stringify([target, account]));
    for (const [first, ...more] of groups.values()) {
      if (!first) continue;
      const { target, account, wakeAt } = first;
      const ids = [first, ...more].map(({ _id }) => _id);
      this.queue.enqueue({ target, ids, account, until: wakeAt.getTime(), at });
    }
  }

  /** A person's word on a delivery that waits for one; false when it does not. */
  decide(id: string, decision: Decision): Promise<boolean> {
    return decide(this.store, this.clock, id, decision);
  }

  private rowFor(row: DeliveryDoc, nonce: string, now: number): FreshRow {
    return {
      _id: replayId(row.event, row.target, nonce),
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
      replayOf: rootOf(row),
    };
  }
}
