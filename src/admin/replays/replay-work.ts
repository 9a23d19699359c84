import { setTimeout as wait } from 'node:timers/promises';
import type { Replays } from '../../deliver/replay.js';
import type { DeliveryDoc, ReceiptDoc } from '../../ledger/documents.js';
import type { LedgerStore } from '../../ledger/store.js';
import type { Reprocessor } from '../../normalize/reprocess.js';
import { problemFrom } from '../problems/problem-from.js';
import type { ReplayDoc } from './replay-doc.js';
import { DeliveryMatches, ReceiptMatches, type Found, type Step } from './replay-matches.js';
import type { ReplayRows } from './replay-rows.js';

/** Rows of one step at most. */
const MAX_STEP = 100;

export interface ReplayWorkParts {
  readonly store: LedgerStore;
  readonly rows: ReplayRows;
  readonly replays: Pick<Replays, 'replayMany'>;
  readonly reprocessor: Pick<Reprocessor, 'reprocess'>;
}

/** Why rows were left out, one entry for each. */
type Refusals = readonly string[];

/** How many rows go at once, so that a second holds at least two steps where the rate allows that. */
const stepOf = (ratePerSecond: number): number =>
  Math.min(MAX_STEP, Math.max(1, Math.floor(ratePerSecond / 2)));

function counted(doc: ReplayDoc, rows: number, refusals: Refusals): Partial<ReplayDoc> {
  const reasons = { ...doc.reasons };
  for (const why of refusals) reasons[why] = (reasons[why] ?? 0) + 1;
  const refused = doc.refused + refusals.length;
  return { done: doc.done + rows - refusals.length, refused, reasons, failures: 0 };
}

/** Works through one bulk replay that this process has claimed. */
export class ReplayWork {
  constructor(private readonly parts: ReplayWorkParts) {}

  look(asked: Pick<ReplayDoc, 'kind' | 'filter' | 'before'>): Promise<Found> {
    return this.matches(asked).look();
  }

  private matches(asked: Pick<ReplayDoc, 'kind' | 'filter' | 'before'>) {
    const { store } = this.parts;
    return asked.kind === 'deliveries'
      ? new DeliveryMatches(store, asked)
      : new ReceiptMatches(store, asked);
  }

  /**
   * True: it came to its end. False: it was cancelled, is somebody else's, or `stop` asked for a rest. A process that dies
   * between a step and its note leaves the step to be done again, which sends nothing twice.
   */
  async run(claimed: ReplayDoc, stop: AbortSignal): Promise<boolean> {
    const matches = this.matches(claimed);
    const limit = stepOf(claimed.ratePerSecond);
    let doc = claimed;
    while (!stop.aborted) {
      const step = await matches.next(doc.place, limit);
      if (!step) return true;
      const refusals = await this.inTime(doc, step, stop);
      if (!refusals) return false;
      const noted = { place: step.place, ...counted(doc, step.rows.length, refusals) };
      if (!(await this.parts.rows.keep(doc, noted))) return false;
      doc = { ...doc, ...noted };
    }
    return false;
  }

  /** The rows of a step, no faster than asked for; undefined when it is not ours any more. */
  private async inTime(
    doc: ReplayDoc,
    { rows }: Step<DeliveryDoc | ReceiptDoc>,
    stop: AbortSignal,
  ): Promise<Refusals | undefined> {
    const limit = stepOf(doc.ratePerSecond);
    const refusals: string[] = [];
    for (let i = 0; i < rows.length; i += limit) {
      const some = rows.slice(i, i + limit);
      const started = performance.now();
      refusals.push(...(await this.again(doc, some)));
      const ms = (some.length / doc.ratePerSecond) * 1000 - (performance.now() - started);
      if (ms > 0) await wait(ms, undefined, { signal: stop, ref: false }).catch(() => undefined);
      if (stop.aborted && i + limit < rows.length) return undefined;
      if (!(await this.parts.rows.keep(doc))) return undefined;
    }
    return refusals;
  }

  private async again(
    { _id, kind }: ReplayDoc,
    rows: readonly (DeliveryDoc | ReceiptDoc)[],
  ): Promise<Refusals> {
    if (kind === 'deliveries') {
      const refused = await this.parts.replays.replayMany(rows as readonly DeliveryDoc[], _id);
      return [...refused.values()];
    }
    const refusals: string[] = [];
    for (const receipt of rows as readonly ReceiptDoc[])
      if (!(await this.understood(receipt))) refusals.push('WB_RECEIPT_NOT_UNDERSTOOD');
    return refusals;
  }

  /** The same keys, so nothing is counted twice, however often a receipt is read. */
  private async understood(receipt: ReceiptDoc): Promise<boolean> {
    try {
      return (await this.parts.reprocessor.reprocess(receipt)).ok;
    } catch (error) {
      // What the plugin cannot even open stays parked; a store that is away is no word about the receipt.
      if (problemFrom(error).code !== 'WB_INTERNAL') throw error;
      return false;
    }
  }
}
