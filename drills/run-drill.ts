import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Drill } from './rig/drill.js';
import { Random } from './rig/random.js';
import { brokenBy, resultOf, type DrillResult } from './result.js';
import { within } from '../src/platform/clock/within.js';

export interface RunOptions {
  readonly quick: boolean;
  readonly replicas?: number | undefined;
  readonly seed: number;
  readonly keep: boolean;
  /** Directory of the whole run. */
  readonly dir: string;
  /** Root of the built package under test. */
  readonly root: string;
  readonly say: (line: string) => void;
}

/** A drill that hangs must fail, not hold up all that follow (milliseconds). The longest take 15 and 2 minutes. */
const LIMIT_MS = 45 * 60_000;
const QUICK_LIMIT_MS = 8 * 60_000;

/** Rejects when the drill takes longer than any should; a soak may take what it wants. */
async function inTime<T>(work: Promise<T>, drill: Drill, quick: boolean): Promise<T> {
  if (drill.nightly === true) return work;
  const ms = quick ? QUICK_LIMIT_MS : LIMIT_MS;
  return within(ms, work, () => {
    throw new Error(`not through after ${ms / 60_000} minutes`);
  });
}

/** Runs one drill in a directory of its own, which stays when the drill fails. */
export async function runDrill(drill: Drill, options: RunOptions): Promise<DrillResult> {
  const { quick, replicas, seed, keep, root, say } = options;
  const dir = path.join(options.dir, drill.id);
  mkdirSync(dir, { recursive: true });
  const began = performance.now();
  const running = drill.run({
    ...{ quick, replicas, dir, root, say },
    random: new Random(seed).fork(drill.id),
  });
  const verdict = await inTime(running, drill, quick).catch(brokenBy);
  const result = resultOf(drill, verdict, performance.now() - began);
  if (result.outcome === 'failed') say(`its files: ${dir}`);
  else if (!keep) rmSync(dir, { recursive: true, force: true });
  return result;
}
