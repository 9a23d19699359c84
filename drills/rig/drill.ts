import type { Random } from './random.js';

/** One thing that had to hold. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was seen, in numbers. */
  readonly detail: string;
}

/** What a drill found out. It passes when every check holds. */
export interface Verdict {
  readonly checks: readonly Check[];
  /** Figures worth keeping beside the checks. */
  readonly facts: Readonly<Record<string, number | string>>;
  /** Why it could not be run here; then it counts as neither passed nor failed, and says so on the screen. */
  readonly skipped?: string;
}

export interface DrillContext {
  readonly quick: boolean;
  /** Gateway processes that the command line asks for. */
  readonly replicas?: number | undefined;
  readonly random: Random;
  /** A directory of this run's own; kept when the drill fails. */
  readonly dir: string;
  /** Root of the built package under test; the rig check points it at builds without a guard. */
  readonly root: string;
  /** Tells the person at the screen what is going on. */
  readonly say: (what: string) => void;
}

/** A way to do harm, and what must hold all the same. */
export interface Drill {
  /** As in `npm run drills -- D4`. */
  readonly id: string;
  readonly title: string;
  /** The bar, in a sentence. */
  readonly bar: string;
  /** Part of `--quick`. */
  readonly quick: boolean;
  /** Its bar is a time that was measured: it never shares the machine with another drill. */
  readonly alone?: boolean;
  /** Takes so long that it runs only when it is named. */
  readonly nightly?: boolean;
  run(context: DrillContext): Promise<Verdict>;
}

export const check = (name: string, ok: boolean, detail: string): Check => ({ name, ok, detail });

/** The number of a full run, or of a quick one. */
export const scale = (context: DrillContext, full: number, quick: number): number =>
  context.quick ? quick : full;

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Asks until `done` says yes; false when it did not within `limitMs`. */
export async function waitFor(
  done: () => Promise<boolean> | boolean,
  limitMs: number,
  everyMs = 100,
): Promise<boolean> {
  const end = Date.now() + limitMs;
  for (;;) {
    if (await done()) return true;
    if (Date.now() >= end) return false;
    await pause(everyMs);
  }
}
