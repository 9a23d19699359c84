/** The event loop is looked at so often, and counts as having stood still when a look came so much later (milliseconds). */
const LOOK_MS = 5;
const LATE_MS = 15;
/** So long after a stand-still (milliseconds) what came during it is still being read. */
const CATCH_UP_MS = 25;

/**
 * Notes when this process stood still: what it hears right after that may have been waiting in its sockets all the time, and
 * must not look as if it had been sent at once.
 */
export class Hearing {
  /** The last look, by both clocks. */
  private looked: { readonly at: number; readonly real: number };
  /** The last stand-still: its begin by the given clock, and until when what came during it is read by this machine's. */
  private deaf: { readonly from: number; readonly until: number } | undefined;
  private readonly timer: NodeJS.Timeout;

  /** `now`: the clock of what is heard. Stand-stills are judged by this machine's own. */
  constructor(private readonly now: () => number) {
    this.looked = { at: now(), real: performance.now() };
    this.timer = setInterval(() => {
      const from = this.since;
      if (this.late && from !== undefined)
        this.deaf = { from, until: performance.now() + CATCH_UP_MS };
      this.looked = { at: this.now(), real: performance.now() };
    }, LOOK_MS).unref();
  }

  private get late(): boolean {
    return performance.now() - this.looked.real > LOOK_MS + LATE_MS;
  }

  /**
   * When what is heard now may have come at the earliest; undefined: now. A process that stood still while it waited hears
   * first and looks then; one that stood still at work looks first. Stand-stills close together count as one.
   */
  get since(): number | undefined {
    const { deaf, looked } = this;
    if (deaf && looked.real <= deaf.until) return deaf.from;
    return this.late ? looked.at : undefined;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** When something came: surely not before `since`, surely not after `at` (epoch ms). */
export interface Heard {
  readonly at: number;
  readonly since?: number;
}

/** The most that surely came within one second, however the times in between are read. */
export function surePeak(heard: readonly Heard[]): number {
  const bySince = heard
    .map(({ at, since = at }) => ({ at, since: Math.min(at, since) }))
    .toSorted((a, b) => a.since - b.since);
  let most = 0;
  for (const [from, { since }] of bySince.entries()) {
    let count = 0;
    for (let i = from; i < bySince.length; i += 1) {
      const one = bySince[i];
      if (!one || one.since >= since + 1000) break;
      if (one.at < since + 1000) count += 1;
    }
    most = Math.max(most, count);
  }
  return most;
}
