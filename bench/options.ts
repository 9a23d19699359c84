import { parseArgs } from 'node:util';
import { SCENARIOS, type Scenario } from './scenarios.js';
import { VARIANTS, type Variant } from './variants.js';

/** What to measure and how long. */
export interface Options {
  readonly rounds: number;
  /** Events of a closed-loop run; the fixed-rate run has its own count. */
  readonly events: number;
  /** Keep-alive connections of the loader. */
  readonly connections: number;
  readonly quick: boolean;
  /** One more copy of the result file. */
  readonly json: string | undefined;
  /** Directory for a CPU profile of every server. */
  readonly profile: string | undefined;
  readonly variants: readonly Variant[];
  readonly scenarios: readonly Scenario[];
}

export const USAGE = `usage: npm run bench -- [--quick] [--rounds N] [--events N] [--connections N]
                        [--only name,…] [--json FILE] [--profile DIR]
--only takes names of servers (${VARIANTS.map(({ name }) => name).join(', ')})
and of scenarios (${SCENARIOS.map(({ name }) => name).join(', ')}).`;

const QUICK_EVENTS = 5_000;
const EVENTS = 20_000;

function whole(value: string | undefined, name: string, otherwise: number, max: number): number {
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new Error(`--${name} must be a whole number from 1 to ${max}`);
}

/** The chosen ones of a list; all of them when no name of that list is given. */
function chosen<T extends { readonly name: string }>(all: readonly T[], names: readonly string[]) {
  const some = all.filter(({ name }) => names.includes(name));
  return some.length > 0 ? some : all;
}

/** Reads the command line. Throws an Error with a sentence for the user. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      events: { type: 'string' },
      connections: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const { quick } = values;
  const names = (values.only ?? '').split(',').filter((name) => name !== '');
  const known = [...VARIANTS, ...SCENARIOS].map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--only: ${unknown} is neither server nor scenario`);
  const scenarios = chosen(SCENARIOS, names);
  return {
    quick,
    rounds: whole(values.rounds, 'rounds', quick ? 1 : 3, 50),
    events: whole(values.events, 'events', quick ? QUICK_EVENTS : EVENTS, 200_000),
    connections: whole(values.connections, 'connections', 64, 1024),
    json: values.json,
    profile: values.profile,
    variants: chosen(VARIANTS, names),
    scenarios: quick && scenarios === SCENARIOS ? scenarios.filter((one) => !one.slow) : scenarios,
  };
}
