import { rmSync } from 'node:fs';
import path from 'node:path';
import { inLanes } from '../lanes.js';
import { brokenBy, resultOf, type DrillResult } from '../result.js';
import { runDrill, type RunOptions } from '../run-drill.js';
import type { Drill } from '../rig/drill.js';
import { caught } from './judge-mutant.js';
import { MUTANTS, type Mutant } from './mutants.js';
import { mutatedRoot } from './mutated.js';
import { SCENES } from './scenes.js';

/** A drill that fails as it should has nothing to tell. */
const silent = (): void => undefined;

type Say = (id: string, line: string) => void;

async function check(mutant: Mutant, options: RunOptions): Promise<DrillResult> {
  const { dir, root, keep } = options;
  const own = path.join(dir, mutant.id);
  const began = performance.now();
  const verdict = await (async () => {
    const built = mutatedRoot(root, path.join(own, 'root'), mutant.edits);
    return caught(
      mutant,
      await runDrill(mutant.drill, { ...options, dir: own, root: built, say: silent }),
    );
  })().catch(brokenBy);
  const result = resultOf(rowOf(mutant), verdict, performance.now() - began);
  // The drill left its files because it failed, which was the point.
  if (result.outcome === 'passed' && !keep) rmSync(own, { recursive: true, force: true });
  return result;
}

/** A mutant as a row of the table. */
const rowOf = ({ id, without, drill }: Mutant): Drill => ({
  ...drill,
  id,
  title: `without ${without}`,
  bar: `${drill.id} must fail`,
});

/**
 * The check of the rig itself: builds of the gateway without one guard each must turn a drill red, and the scenes that are
 * made for this must be green with all guards. Every drill runs at its quick scale.
 */
export async function runMutants(
  options: Omit<RunOptions, 'say' | 'quick'> & { readonly lanes: number },
  say: Say,
  finished: (result: DrillResult) => void,
): Promise<readonly DrillResult[]> {
  const byRow = new Map(MUTANTS.map((mutant) => [rowOf(mutant), mutant]));
  return inLanes([...byRow.keys(), ...SCENES], options.lanes, async (row) => {
    const one = { ...options, quick: true, say: (line: string) => say(row.id, line) };
    const mutant = byRow.get(row);
    const result = await (mutant ? check(mutant, one) : runDrill(row, one));
    finished(result);
    return result;
  });
}
