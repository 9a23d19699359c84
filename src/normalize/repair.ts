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

/** As much of an event as its rows are made of. */
type Planned = Pick<EventDoc, '_id' | 'plan' | 'type' | 'source' | 'receiptId' | 'at'>;

/** Times in epoch milliseconds, `to` not included. */
interface Window {
  readonly from: number;
  readonly to: number;
}

interface Counts {
  readonly receipts: number;
  readonly events: number;
}

/** Everything that came between two moments was found whole: so many receipts and events. */
interface Whole extends Window {
  readonly counts: Counts;
}

/** What one look at receipts found. `owned`: their own events that are there. */
interface Found {
  readonly halved: number;
  readonly mended: number;
  readonly owned: number;
}

const sum = (a: Found, b: Found): Found => ({
  halved: a.halved + b.halved,
  mended: a.mended + b.mended,
  owned: a.owned + b.owned,
});
const NOTHING: Found = { halved: 0, mended: 0, owned: 0 };

/**
 * The three inserts of a commit are not atomic together. Only requests that were never acknowledged can be halved;
 * their network will send them again, and this finds them first: receipts older than 10 s whose events or rows are
 * missing go through the corridor again, under the same keys; an event that came alone gets the rows of its plan.
 */
export class Repair {
  private from: number | undefined;
  private whole: Whole | undefined;

  constructor(
    private readonly ledger: Ledger,
    private readonly reprocessor: Reprocessor,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  /** One pass over what came since the last pass. Returns how many receipts and lone events were mended. */
  async run(): Promise<number> {
    const now = this.clock.now();
    const to = now - SETTLED_MS;
    // Looked at again next time, once nothing can be on its way any more: two socket limits may have passed by then.
    const again = now - LATEST_MS;
    const window = { from: await this.start(again, now), to };
    const found = await this.mendReceipts(window);
    const alone = await this.mendAlone(window, found.owned);
    this.from = again;
    const kept = { from: again, to };
    this.whole =
      found.mended === found.halved ? { ...kept, counts: await this.counts(kept) } : undefined;
    const mended = found.mended + alone;
    if (mended > 0) {
      this.metrics.repaired.inc(mended);
      this.log.warn({ mended }, 'halved receipts were mended');
    }
    return mended;
  }

  /**
   * Where a pass begins. What was whole stays whole and nothing is deleted this young, so unchanged numbers (read in the
   * indexes alone) mean that nothing came late, and those need not be read twice.
   */
  private async start(again: number, now: number): Promise<number> {
    const { whole } = this;
    if (whole && whole.to <= again) {
      const { receipts, events } = await this.counts(whole);
      if (receipts === whole.counts.receipts && events === whole.counts.events) return whole.to;
    }
    return this.from ?? now - FIRST_LOOK_MS;
  }

  private async counts({ from, to }: Window): Promise<Counts> {
    const { receipts, events } = this.ledger.store;
    const [kept, facts] = await Promise.all([
      receipts.countDocuments({ _id: { $gte: timeIdFloor(from), $lt: timeIdFloor(to) } }),
      events.countDocuments({ at: { $gte: new Date(from), $lt: new Date(to) } }),
    ]);
    return { receipts: kept, events: facts };
  }

  private async mendReceipts({ from, to }: Window): Promise<Found> {
    let found = NOTHING;
    let after: mongo.Filter<ReceiptDoc>['_id'] = { $gte: timeIdFloor(from) };
    for (;;) {
      const batch = await this.ledger.store.receipts
        .find(
          { _id: { ...after, $lt: timeIdFloor(to) } },
          { projection: { eventIds: 1, draftIds: 1, state: 1 } },
        )
        .sort({ _id: 1 })
        .limit(BATCH)
        .toArray();
      found = sum(found, await this.mend(batch));
      const last = batch.at(-1);
      if (!last || batch.length < BATCH) return found;
      after = { $gt: last._id };
    }
  }

  private async mend(
    batch: readonly Pick<ReceiptDoc, '_id' | 'eventIds' | 'draftIds' | 'state'>[],
  ): Promise<Found> {
    const wanted = batch.filter(
      ({ state, eventIds, draftIds = [] }) =>
        (state === 'recorded' || state === 'pending') && eventIds.length + draftIds.length > 0,
    );
    if (wanted.length === 0) return NOTHING;
    const ids = wanted.flatMap((receipt) => receipt.eventIds);
    const events = await this.events({ _id: { $in: ids } });
    const whole = await this.wholeOf(events);
    const owners = new Set(wanted.map((receipt) => receipt._id));
    const owned = events.filter((event) => owners.has(event.receiptId)).length;
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
    return { halved: halved.length, mended, owned };
  }

  /**
   * Events whose receipt never came, because the process died between the two: there are more events than the receipts
   * of the same time own. They were verified like all others, so their plan is carried out.
   */
  private async mendAlone({ from, to }: Window, owned: number): Promise<number> {
    const within = { at: { $gte: new Date(from), $lt: new Date(to) } };
    if ((await this.ledger.store.events.countDocuments(within)) <= owned) return 0;
    let mended = 0;
    let page: mongo.Filter<EventDoc> = within;
    for (;;) {
      const batch = await this.events(page, BATCH);
      mended += await this.fillRows(batch);
      const last = batch.at(-1);
      if (!last || batch.length < BATCH) return mended;
      // Several events share a moment.
      const behind = [{ at: last.at, _id: { $gt: last._id } }, { at: { $gt: last.at } }];
      page = { ...within, $or: behind };
    }
  }

  private events(filter: mongo.Filter<EventDoc>, limit = 0): Promise<Planned[]> {
    return this.ledger.store.events
      .find(filter, { projection: { plan: 1, type: 1, source: 1, receiptId: 1, at: 1 } })
      .sort(limit > 0 ? { at: 1, _id: 1 } : {})
      .limit(limit)
      .toArray();
  }

  /** Events that are missing are made anew; rows that are missing come from the plan that was frozen with their event. */
  private async mendOne(receipt: ReceiptDoc): Promise<boolean> {
    const { events } = this.ledger.store;
    const ids = [...receipt.eventIds];
    const known = await events.countDocuments({ _id: { $in: ids } });
    const { draftIds = [] } = receipt;
    const lost = known < ids.length || (await this.draftsThere(draftIds)).size < draftIds.length;
    if (lost && !(await this.reprocessor.reprocess(receipt)).ok) return false;
    const filled = await this.fillRows(await this.events({ _id: { $in: ids } }));
    return lost || filled > 0;
  }

  private async draftsThere(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const found = this.ledger.store.drafts.find({ _id: { $in: [...ids] } });
    const there = await found.project<{ _id: string }>({ _id: 1 }).toArray();
    return new Set(there.map(({ _id }) => _id));
  }

  /** Makes the rows that the plans of these events lack. Returns how many events lacked some. */
  private async fillRows(events: readonly Planned[]): Promise<number> {
    const { deliveries } = this.ledger.store;
    const now = this.clock.now();
    const rows = events.flatMap((event) => {
      const plan = event.plan.map((planned) => ({ ...planned, testOnly: false }));
      return stampRows(event, plan, now, isReversal(event.type));
    });
    const there = await this.rowsThere(rows.map((row) => row._id));
    const missing = rows
      .filter((row) => !there.has(row._id))
      .map((row) => ({ ...row, wakeAt: new Date(now) }));
    await insertAll(() => deliveries, missing);
    return new Set(missing.map((row) => row.event)).size;
  }

  /** Ids of the events that have every row of their plan. */
  private async wholeOf(events: readonly Planned[]): Promise<ReadonlySet<string>> {
    const there = await this.rowsThere(events.flatMap((event) => plannedRowIds(event)));
    return new Set(
      events.filter((event) => plannedRowIds(event).every((id) => there.has(id))).map((e) => e._id),
    );
  }

  private async rowsThere(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.ledger.store.deliveries
      .find({ _id: { $in: [...ids] } }, { projection: { _id: 1 } })
      .toArray();
    return new Set(rows.map((row) => row._id));
  }
}
