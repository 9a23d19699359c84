import type { mongo } from 'mongoose';
import { plannedRowIds } from '../ledger/commit.js';
import { isReversal } from '../contract/index.js';
import type { EventDoc, ReceiptDoc } from '../ledger/documents.js';
import { insertAll } from '../ledger/insert.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Clock } from '../platform/clock/clock.js';
import { timeIdFloor } from '../platform/ids/ids.js';
import type { Log } from '../platform/log/log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import type { Reprocessor } from './reprocess.js';
import { stampRows } from './stamp.js';

const BATCH = 500;
/** A commit that is younger may still be on its way. */
const SETTLED_MS = 10_000;
/** A commit arrives at most this long after its receipt was named: two socket limits, a retry, and slack. */
const LATEST_MS = 60_000;
/** How far back the first look of a process goes: longer than any process is given to come back. */
const FIRST_LOOK_MS = 15 * 60_000;

/** Receipts between two moments (ids) that were all found whole: `count` of them. */
interface Whole {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/**
 * The three inserts of a commit are not atomic together. Only requests that were never acknowledged can be halved;
 * their network will send them again, and this finds them first: receipts older than 10 s whose events or rows are
 * missing go through the corridor again, under the same keys.
 */
export class Repair {
  private from: string | undefined;
  private whole: Whole | undefined;

  constructor(
    private readonly ledger: Ledger,
    private readonly reprocessor: Reprocessor,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  /** One pass over the receipts that came since the last pass. Returns how many were mended. */
  async run(): Promise<number> {
    const now = this.clock.now();
    const to = timeIdFloor(now - SETTLED_MS);
    // Looked at again next time, once nothing can be on its way any more: two socket limits may have passed by then.
    const again = timeIdFloor(now - LATEST_MS);
    let after: mongo.Filter<ReceiptDoc>['_id'] = { $gte: await this.start(again, now) };
    let [mended, halved, count] = [0, 0, 0];
    for (;;) {
      const batch = await this.ledger.store.receipts
        .find(
          { _id: { ...after, $lt: to } },
          { projection: { eventIds: 1, draftIds: 1, state: 1 } },
        )
        .sort({ _id: 1 })
        .limit(BATCH)
        .toArray();
      const found = await this.mend(batch);
      mended += found.mended;
      halved += found.halved;
      count += batch.filter(({ _id }) => _id >= again).length;
      const last = batch.at(-1);
      if (!last || batch.length < BATCH) break;
      after = { $gt: last._id };
    }
    this.from = again;
    this.whole = mended === halved ? { from: again, to, count } : undefined;
    return mended;
  }

  /**
   * Where a pass begins. What was whole stays whole and receipts are not deleted this young, so an unchanged number (read
   * in the index alone) means that nothing came late, and those need not be read twice.
   */
  private async start(again: string, now: number): Promise<string> {
    const { whole } = this;
    if (whole && whole.to <= again) {
      const _id = { $gte: whole.from, $lt: whole.to };
      const count = await this.ledger.store.receipts.countDocuments({ _id });
      if (count === whole.count) return whole.to;
    }
    return this.from ?? timeIdFloor(now - FIRST_LOOK_MS);
  }

  private async mend(
    batch: readonly Pick<ReceiptDoc, '_id' | 'eventIds' | 'draftIds' | 'state'>[],
  ): Promise<{ readonly halved: number; readonly mended: number }> {
    const wanted = batch.filter(
      ({ state, eventIds, draftIds = [] }) =>
        (state === 'recorded' || state === 'pending') && eventIds.length + draftIds.length > 0,
    );
    if (wanted.length === 0) return { halved: 0, mended: 0 };
    const whole = await this.wholeEvents(wanted.flatMap((receipt) => receipt.eventIds));
    const drafts = await this.draftsThere(wanted.flatMap(({ draftIds = [] }) => draftIds));
    const halved = wanted.filter(
      ({ eventIds, draftIds = [] }) =>
        !eventIds.every((id) => whole.has(id)) || !draftIds.every((id) => drafts.has(id)),
    );
    let mended = 0;
    for (const { _id } of halved) {
      const receipt = await this.ledger.store.receipts.findOne({ _id });
      if (receipt && (await this.mendOne(receipt))) mended += 1;
    }
    if (mended > 0) {
      this.metrics.repaired.inc(mended);
      this.log.warn({ mended }, 'halved receipts were mended');
    }
    return { halved: halved.length, mended };
  }

  /** Events that are missing are made anew; rows that are missing come from the plan that was frozen with their event. */
  private async mendOne(receipt: ReceiptDoc): Promise<boolean> {
    const { events } = this.ledger.store;
    const ids = [...receipt.eventIds];
    const known = await events.countDocuments({ _id: { $in: ids } });
    const { draftIds = [] } = receipt;
    const unheard = (await this.draftsThere(draftIds)).size < draftIds.length;
    const lost = known < ids.length || unheard;
    if (lost && !(await this.reprocessor.reprocess(receipt)).ok) return false;
    const docs = await events.find({ _id: { $in: ids } }).toArray();
    const made = await Promise.all(docs.map((event) => this.fillRows(event)));
    return lost || made.some((count) => count > 0);
  }

  private async fillRows(event: EventDoc): Promise<number> {
    const { deliveries } = this.ledger.store;
    const now = this.clock.now();
    const plan = event.plan.map((planned) => ({ ...planned, testOnly: false }));
    const rows = stampRows(event, plan, now, isReversal(event.type)).map((row) => ({
      ...row,
      wakeAt: new Date(now),
    }));
    const there = await deliveries
      .find({ _id: { $in: rows.map((row) => row._id) } }, { projection: { _id: 1 } })
      .toArray();
    const known = new Set(there.map((row) => row._id));
    const missing = rows.filter((row) => !known.has(row._id));
    await insertAll(() => deliveries, missing);
    return missing.length;
  }

  private async draftsThere(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const found = this.ledger.store.drafts.find({ _id: { $in: [...ids] } });
    const there = await found.project<{ _id: string }>({ _id: 1 }).toArray();
    return new Set(there.map(({ _id }) => _id));
  }

  /** Ids of events that are there with every row of their plan. */
  private async wholeEvents(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const events = await this.ledger.store.events
      .find({ _id: { $in: [...ids] } }, { projection: { plan: 1 } })
      .toArray();
    const rowIds = events.flatMap((event) => plannedRowIds(event));
    const rows = await this.ledger.store.deliveries
      .find({ _id: { $in: rowIds } }, { projection: { _id: 1 } })
      .toArray();
    const there = new Set(rows.map((row) => row._id));
    return new Set(
      events.filter((event) => plannedRowIds(event).every((id) => there.has(id))).map((e) => e._id),
    );
  }
}
