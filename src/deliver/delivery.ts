import type { Committed, Ledger } from '../ledger/ledger.js';
import type { ClickTender } from '../normalize/click-tender.js';
import type { Repair } from '../normalize/repair.js';
import type { Clock } from '../platform/clock/clock.js';
import type { FaultPointName } from '../platform/fault/fault-point.js';
import type { Log } from '../platform/log/log.js';
import type { TargetStates } from '../settle/target-states.js';
import type { Lanes } from './lanes.js';
import type { DeliveryQueue } from './queue.js';
import type { Sweeper } from './sweeper.js';

const TICK_MS = 1000;
const TEND_MS = 2000;
const REPAIR_MS = 60_000;
/** What a crash halved is too young for the look at the start. */
const SECOND_LOOK_MS = 15_000;
/** Clicks that came late are found within this, and touches whose time has come go in steps of it. */
const CLICKS_MS = 15_000;
/** A job takes a millisecond or two through Redis; a second is for a busy machine. */
const RUN_DRY_MS = 1000;

export interface DeliveryParts {
  readonly ledger: Ledger;
  readonly lanes: Lanes;
  readonly queue: DeliveryQueue;
  readonly sweeper: Sweeper;
  readonly states: TargetStates;
  readonly repair: Repair;
  readonly clicks: ClickTender;
  readonly clock: Clock;
  readonly log: Log;
  /** This process delivers; otherwise it only enqueues. */
  readonly delivers: boolean;
  readonly fault: (name: FaultPointName) => void;
}

/** Starts and stops the right half of the corridor: hooks into the ledger, the ticks, the drain. */
export class Delivery {
  private stopped = false;
  private readonly timers = new Set<NodeJS.Timeout>();
  private busy = new Set<Promise<unknown>>();

  constructor(private readonly parts: DeliveryParts) {}

  /** Subscribes to the ledger. */
  start(): void {
    const { ledger, lanes } = this.parts;
    lanes.delivers = this.parts.delivers;
    ledger.setBirth(lanes);
    ledger.onCommitted((committed) => this.onCommitted(committed));
  }

  /** Starts the ticks. The first sweep comes at once: what a crash left is found now. */
  begin(): void {
    if (!this.parts.delivers) {
      // Rows are born with the paused time of their target, so this process must know it too.
      this.every(TEND_MS, () => this.parts.states.refresh());
      return;
    }
    this.parts.lanes.onHungry = (target) => void this.run(() => this.parts.sweeper.refill(target));
    this.every(TICK_MS, () => this.parts.sweeper.tick());
    this.every(TEND_MS, () => this.parts.lanes.tend());
    this.every(REPAIR_MS, () => this.parts.repair.run());
    this.once(SECOND_LOOK_MS, () => this.parts.repair.run());
    this.every(CLICKS_MS, () => this.parts.clicks.run());
  }

  private onCommitted(committed: Committed): void {
    const { lanes, queue, clock } = this.parts;
    if (committed.rows.length === 0) return;
    this.parts.fault('before-enqueue');
    lanes.remember(committed);
    const at = clock.now();
    for (const [key, ids] of groupRows(committed)) {
      const [target = '', claimed, account = ''] = key.split('|');
      // Born `due` while this process retires: whoever sweeps next has them. Born claimed before that, they are ours.
      if (lanes.retiring && claimed !== 'claimed') continue;
      const token = claimed === 'claimed' ? { token: committed.token } : {};
      queue.enqueue({ target, ids, account, until: committed.until, at, ...token });
    }
  }

  /** Runs at once and then again and again, with a jittered pause between the end of one run and the next. */
  private every(ms: number, work: () => Promise<unknown>): void {
    const again = (): void => {
      if (this.stopped) return;
      const timer = setTimeout(
        () => {
          this.timers.delete(timer);
          void this.run(work).then(again);
        },
        ms * (0.8 + 0.4 * Math.random()),
      );
      timer.unref();
      this.timers.add(timer);
    };
    void this.run(work).then(again);
  }

  private once(ms: number, work: () => Promise<unknown>): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.run(work);
    }, ms);
    timer.unref();
    this.timers.add(timer);
  }

  private async run(work: () => Promise<unknown>): Promise<void> {
    if (this.stopped || this.parts.ledger.closed) return;
    const running = work().catch((error: unknown) => {
      this.parts.log.debug(
        { err: error instanceof Error ? error.message : 'unknown' },
        'a tick failed',
      );
    });
    this.busy.add(running);
    await running;
    this.busy.delete(running);
  }

  /**
   * Stops the ticks, lets what was born claimed reach a lane, finishes what is in flight, releases every claim. The door
   * may still be open: what comes now is born `due` and belongs to whoever is there next.
   */
  async stop(): Promise<void> {
    const { lanes, ledger, queue } = this.parts;
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all(this.busy);
    lanes.retiring = true;
    await ledger.idle();
    await queue.runDry(RUN_DRY_MS);
    await queue.pause();
    await lanes.stop();
  }
}

/** New rows by target, account and by whether they were born claimed; skipped rows have nothing to deliver. */
function groupRows({ rows }: Committed): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const row of rows) {
    // What waits for its click is looked at by the sweeper when its time comes.
    if (row.wakeAt === undefined || row.reason === 'click') continue;
    const key = `${row.target}|${row.token === undefined ? 'due' : 'claimed'}|${row.account}`;
    const ids = groups.get(key);
    if (ids) ids.push(row._id);
    else groups.set(key, [row._id]);
  }
  return groups;
}
