import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Drill } from './rig/drill.js';
import { Random } from './rig/random.js';
import { brokenBy, resultOf, type DrillResult } from './result.js';

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

/** Runs one drill in a directory of its own, which stays when the drill fails. */
export async function runDrill(drill: Drill, options: RunOptions): Promise<DrillResult> {
  const { quick, replicas, seed, keep, root, say } = options;
  const dir = path.join(options.dir, drill.id);
  mkdirSync(dir, { recursive: true });
  const began = performance.now();
  const verdict = await drill
    .run({ quick, replicas, random: new Random(seed).fork(drill.id), dir, root, say })
    .catch(brokenBy);
  const result = resultOf(drill, verdict, performance.now() - began);
  if (result.outcome === 'failed') say(`its files: ${dir}`);
  else if (!keep) rmSync(dir, { recursive: true, force: true });
  return result;
}
