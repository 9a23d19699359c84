import { parseArgs } from 'node:util';
import { SCENARIOS, type Scenario } from './scenarios.js';
import { VARIANTS, type Variant } from './variants.js';

/** What to measure and how long. */
export interface Options {
  readonly rounds: number;
  /** Events of a closed-loop run; the other runs have their own count. */
  readonly events: number;
  /** Keep-alive connections of the loader. */
  readonly connections: number;
  readonly quick: boolean;
  /** Minutes of a soak; then nothing else is measured. */
  readonly soak: number | undefined;
  /** One more copy of the result file. */
  readonly json: string | undefined;
  /** Directory for a CPU profile of every server. */
  readonly profile: string | undefined;
  readonly variants: readonly Variant[];
  readonly scenarios: readonly Scenario[];
}

const namesOf = (all: readonly { readonly name: string }[]): string =>
  all.map(({ name }) => name).join(', ');

const GROUPS = [...new Set(SCENARIOS.map(({ group }) => group))];

export const USAGE = `usage: npm run bench -- [--quick] [--rounds N] [--events N] [--connections N]
                        [--only name,…] [--json FILE] [--profile DIR]
       npm run bench -- --sizing [--events N]
       npm run bench -- --soak [MINUTES] [--json FILE]
--only takes names of servers (${namesOf(VARIANTS)}),
of scenarios (${namesOf(SCENARIOS)})
and of groups of them (${GROUPS.join(', ')}).`;

const QUICK_EVENTS = 5_000;
const EVENTS = 10_000;
const SOAK_MINUTES = 20;

function whole(value: string | undefined, name: string, otherwise: number, max: number): number {
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new Error(`--${name} must be a whole number from 1 to ${max}`);
}

/** The chosen servers; all of them when none is named. */
function chosenVariants(names: readonly string[]): readonly Variant[] {
  const some = VARIANTS.filter(({ name }) => names.includes(name));
  return some.length > 0 ? some : VARIANTS;
}

/** The chosen scenarios; when none is named, all of them, or those that are quick. */
function chosenScenarios(names: readonly string[], quick: boolean): readonly Scenario[] {
  const some = SCENARIOS.filter(({ name, group }) => names.includes(name) || names.includes(group));
  if (some.length > 0) return some;
  return quick ? SCENARIOS.filter(({ slow }) => !slow) : SCENARIOS;
}

function checked(only: string | undefined): readonly string[] {
  const names = (only ?? '').split(',').filter((name) => name !== '');
  const known = new Set([...[...VARIANTS, ...SCENARIOS].map(({ name }) => name), ...GROUPS]);
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) throw new Error(`--only: ${unknown} is neither server nor scenario`);
  return names;
}

/** `--soak` may stand alone; the parser wants a value. */
const withMinutes = (args: readonly string[]): string[] =>
  args.flatMap((arg, i) => {
    const alone = arg === '--soak' && (args[i + 1] ?? '--').startsWith('--');
    return alone ? [arg, String(SOAK_MINUTES)] : [arg];
  });

/** Reads the command line. Throws an Error with a sentence for the user. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: withMinutes(args),
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      events: { type: 'string' },
      connections: { type: 'string' },
      only: { type: 'string' },
      soak: { type: 'string' },
      json: { type: 'string' },
      profile: { type: 'string' },
      sizing: { type: 'boolean', default: false },
    },
  });
  const { quick, soak } = values;
  const names = values.sizing ? ['sizing'] : checked(values.only);
  return {
    quick,
    rounds: whole(values.rounds, 'rounds', quick || values.sizing ? 1 : 3, 50),
    events: whole(values.events, 'events', quick ? QUICK_EVENTS : EVENTS, 200_000),
    connections: whole(values.connections, 'connections', 64, 1024),
    soak: soak === undefined ? undefined : whole(soak, 'soak', SOAK_MINUTES, 10_000),
    json: values.json,
    profile: values.profile,
    variants: chosenVariants(names),
    scenarios: chosenScenarios(names, quick),
  };
}
