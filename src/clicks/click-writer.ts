import { GroupCommit } from '../ledger/group-commit.js';
import type { TouchDoc } from '../ledger/documents.js';
import { insertAll, UnstorableError } from '../ledger/insert.js';
import type { LedgerStore } from '../ledger/store.js';
import type { Log } from '../platform/log/log.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import { within } from '../platform/clock/within.js';

/** Clicks that wait for MongoDB in this process at most; beyond that the visitor still goes on, and the click is lost. */
const MAX_WAITING = 20_000;
const AGAIN_MS = 500;
/** A process that ends gives MongoDB so long to take what still waits. */
const LAST_MS = 5000;

/**
 * Writes clicks in groups, majority and journal, and tries again until they are stored: an outage of MongoDB costs no
 * click as long as the process lives and fewer than 20,000 wait.
 */
export class ClickWriter {
  private readonly group: GroupCommit<TouchDoc, true>;
  private readonly waiting = new Set<Promise<void>>();
  private stopping = false;

  constructor(
    private readonly store: LedgerStore,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    this.group = new GroupCommit((touches) => this.flush(touches), {
      groupSize: 512,
      bufferSize: MAX_WAITING,
    });
  }

  private async flush(touches: readonly TouchDoc[]): Promise<readonly true[]> {
    await insertAll(() => this.store.touches, touches);
    return touches.map(() => true as const);
  }

  /** Clicks that are not stored yet. */
  get depth(): number {
    return this.waiting.size;
  }

  /** Resolves once the touch is on a majority of disks, or given up; never rejects. */
  keep(touch: TouchDoc): Promise<void> {
    if (this.waiting.size >= MAX_WAITING) return Promise.resolve(this.lost(touch, 'too many wait'));
    const kept = this.tryOn(touch).finally(() => this.waiting.delete(kept));
    this.waiting.add(kept);
    return kept;
  }

  /** Waits for what is on its way, five seconds at most. */
  async stop(): Promise<void> {
    this.stopping = true;
    await within(LAST_MS, Promise.all(this.waiting), () => undefined);
  }

  private async tryOn(touch: TouchDoc): Promise<void> {
    let late = false;
    const end = (): boolean => this.stopping && late;
    for (;;) {
      try {
        // Its conversion may have come in between: it is looked for once the click is there.
        await this.group.push(late ? { ...touch, fresh: true } : touch);
        this.metrics.clicks.inc({ type: touch.kind, result: late ? 'late' : 'stored' });
        return;
      } catch (error) {
        if (error instanceof UnstorableError || end()) return this.lost(touch, messageOf(error));
        late = true;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref());
      }
    }
  }

  private lost(touch: TouchDoc, err: string): void {
    this.metrics.clicks.inc({ type: touch.kind, result: 'lost' });
    this.log.error({ code: 'WB_CLICK_LOST', click: touch._id, offer: touch.offer, err }, 'click');
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');
