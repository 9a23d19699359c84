import { check, type Verdict } from '../rig/drill.js';
import type { DrillResult } from '../result.js';
import type { Mutant } from './mutants.js';

/** A mutant is caught when its drill ran to its end and failed where this very guard is missed. */
export function caught(mutant: Mutant, { checks, outcome, skipped }: DrillResult): Verdict {
  const failed = checks.filter(({ ok }) => !ok);
  const names = failed.map(({ name }) => name).join(', ');
  const right = failed.find(({ name }) => mutant.red.test(name));
  const broken = failed.find(({ name }) => name === BROKEN);
  const what =
    outcome === 'skipped'
      ? `could not be run here: ${skipped ?? ''}`
      : broken
        ? `was not carried through: ${broken.detail}`
        : right
          ? `${right.name}: ${right.detail}`
          : names === ''
            ? 'everything passed'
            : `failed elsewhere: ${names}`;
  const ok = right !== undefined && broken === undefined;
  return { checks: [check(`${mutant.drill.id} goes red`, ok, what)], facts: { failed: names } };
}

/** Name of the only check of a drill that could not be carried through. */
const BROKEN = 'ran to its end';
