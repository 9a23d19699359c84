import { parseArgs } from 'node:util';
import { DRILLS } from './catalogue.js';
import type { Drill } from './rig/drill.js';

export interface Options {
  readonly drills: readonly Drill[];
  /** The drills were chosen by name. */
  readonly named: boolean;
  readonly quick: boolean;
  readonly seed: number;
  /** Gateway processes of every drill that is not about a certain number of them. */
  readonly replicas: number | undefined;
  /** Drills side by side, those that measure times left out. */
  readonly lanes: number;
  /** One more copy of the result file. */
  readonly json: string | undefined;
  /** Keeps the directories of drills that passed, too. */
  readonly keep: boolean;
  readonly list: boolean;
  /** Builds without one guard each must turn a drill red. */
  readonly mutants: boolean;
}

export const USAGE = `usage: npm run drills -- [D1 D4 …] [--quick] [--mutants] [--lanes N] [--seed N]
                         [--replicas N] [--json FILE] [--keep] [--list]
Without names: every drill that takes less than an hour; with --quick: those that fit in a change's own checks,
with smaller numbers.
--replicas: gateway processes, where the drill is not about a certain number of them (else 2, or 3).
--mutants: builds the gateway without one guard at a time; each build must fail a drill.`;

/** Reads the command line. Throws an Error with a sentence for the user. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      lanes: { type: 'string' },
      seed: { type: 'string' },
      replicas: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const { quick, mutants, keep, list, json } = values;
  return {
    drills: chosen(positionals, quick),
    named: positionals.length > 0,
    quick,
    mutants,
    keep,
    list,
    json,
    seed: seedFrom(values.seed),
    lanes: wholeFrom('--lanes', values.lanes ?? '2'),
    replicas: values.replicas === undefined ? undefined : wholeFrom('--replicas', values.replicas),
  };
}

function chosen(names: readonly string[], quick: boolean): readonly Drill[] {
  const wanted = names.map((name) => name.toUpperCase());
  const unknown = wanted.find((name) => !DRILLS.some(({ id }) => id === name));
  if (unknown !== undefined) {
    throw new Error(`${unknown} is no drill; there are ${DRILLS.map(({ id }) => id).join(', ')}`);
  }
  if (wanted.length > 0) return DRILLS.filter(({ id }) => wanted.includes(id));
  return DRILLS.filter((drill) => drill.nightly !== true && (drill.quick || !quick));
}

function seedFrom(given: string | undefined): number {
  if (given === undefined) return Date.now() % 2 ** 31;
  const seed = Number(given);
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31) return seed;
  throw new Error('--seed must be a whole number from 0 to 2147483647');
}

function wholeFrom(name: string, given: string): number {
  const count = Number(given);
  if (Number.isInteger(count) && count >= 1 && count <= 8) return count;
  throw new Error(`${name} must be a whole number from 1 to 8`);
}
