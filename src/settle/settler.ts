import type { mongo } from 'mongoose';
import { compact } from '../contract/index.js';
import type { DeliveryDoc } from '../ledger/documents.js';
import { isDocumentFault } from '../ledger/insert.js';
import type { LedgerStore } from '../ledger/store.js';
import type { Log } from '../platform/log/log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import type { Transition } from './transition.js';

/** A row whose attempt is over. Only the holder of the claim (`token`) may change it. */
export interface Settlement {
  readonly row: Pick<DeliveryDoc, '_id' | 'target' | 'attempts'>;
  readonly token: string;
  /** End of the claim, epoch ms: a write after that would be somebody else's row. */
  readonly until: number;
  readonly transition: Transition;
  /** Called once the change is durable, or given up. */
  done(): void;
}

/** Attempts kept on a row. */
const KEPT_ATTEMPTS = 25;
const GROUP_MS = 20;
const RETRY_MS = 250;

type Update = mongo.UpdateFilter<DeliveryDoc>;

function updateOf({ transition }: Settlement): Update {
  const { set, unset, entry, attempts } = transition;
  return {
    $set: set,
    ...(unset.length > 0 ? { $unset: Object.fromEntries(unset.map((name) => [name, 1])) } : {}),
    ...(attempts > 0 ? { $inc: { attempts: 1 } } : {}),
    ...(entry ? { $push: { log: { $each: [entry], $slice: -KEPT_ATTEMPTS } } } : {}),
  } as Update;
}

/** The state alone: no ids, steps, notes or excerpts of the partner's. */
function bareSettlement(settlement: Settlement): Settlement {
  const { state, wakeAt, settledAt, unsure } = settlement.transition.set;
  const set = compact({ state, wakeAt, settledAt, unsure });
  const { entry: _entry, ...transition } = settlement.transition;
  return { ...settlement, transition: { ...transition, set } };
}

/** Equal changes under one token become one update: documents cost, statements hardly. */
function groupWrites(batch: readonly Settlement[]): mongo.AnyBulkWriteOperation<DeliveryDoc>[] {
  const groups = new Map<string, { token: string; ids: string[]; update: Update }>();
  for (const settlement of batch) {
    const update = updateOf(settlement);
    const key = `${settlement.token}|${JSON.stringify(update)}`;
    const group = groups.get(key);
    if (group) group.ids.push(settlement.row._id);
    else groups.set(key, { token: settlement.token, ids: [settlement.row._id], update });
  }
  return [...groups.values()].map(({ token, ids, update }) =>
    ids.length === 1
      ? { updateOne: { filter: { _id: ids[0] ?? '', token }, update } }
      : { updateMany: { filter: { _id: { $in: ids }, token }, update } },
  );
}

/**
 * Writes outcomes in groups: at most 20 ms are waited, one bulk write is on its way at a time. While MongoDB is away the
 * claims are held and the write is tried again until they end; then the sweeper takes over.
 */
export class Settler {
  private waiting: Settlement[] = [];
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly store: LedgerStore,
    private readonly now: () => number,
    private readonly metrics: Metrics,
    private readonly log: Log,
    private readonly fault: (name: 'before-settle' | 'after-settle') => void = () => undefined,
  ) {}

  push(settlement: Settlement): void {
    this.waiting.push(settlement);
    this.timer ??= setTimeout(() => void this.flush(), GROUP_MS);
  }

  /** Write now instead of waiting for the group to fill; resolves when all that was pushed before is through. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    // Cleared behind the assignment: a drain that finds nothing ends before its promise is kept here.
    this.running ??= this.drain().finally(() => {
      this.running = undefined;
      if (this.waiting.length > 0) void this.flush();
    });
    return this.running;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      await this.write(batch);
    }
  }

  /** One outcome that cannot be stored must not hold up the others: each alone, and that one without what it learnt. */
  private async writeApart(batch: readonly Settlement[]): Promise<void> {
    for (const one of batch) {
      const fault = await this.store.deliveries
        .bulkWrite(groupWrites([one]), { ordered: false })
        .then(
          () => undefined,
          (error: unknown) => error,
        );
      if (fault === undefined || !isDocumentFault(fault)) continue;
      this.log.error({ code: 'WB_SETTLE_UNSTORABLE', delivery: one.row._id }, 'an outcome was cut');
      const bare = bareSettlement(one);
      await this.store.deliveries
        .bulkWrite(groupWrites([bare]), { ordered: false })
        .catch((error: unknown) => this.log.error({ err: String(error) }, 'and not stored'));
    }
  }

  private async write(batch: readonly Settlement[]): Promise<void> {
    let open: readonly Settlement[] = batch;
    while (open.length > 0) {
      try {
        this.fault('before-settle');
        await this.store.deliveries.bulkWrite(groupWrites(open), { ordered: false });
        this.fault('after-settle');
        break;
      } catch (error) {
        if (isDocumentFault(error)) {
          await this.writeApart(open);
          break;
        }
        this.metrics.storeErrors.inc({ store: 'mongo' });
        this.log.warn(
          { err: error instanceof Error ? error.message : 'unknown', rows: open.length },
          'settling is late',
        );
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        open = open.filter((settlement) => settlement.until > this.now());
      }
    }
    for (const settlement of batch) settlement.done();
  }
}
