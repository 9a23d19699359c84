import type { Fault } from '#contract';

/** A fault with the place to open: `waybill.yaml line 12`, or the name of the variable that set it. */
export interface ConfigFault extends Fault {
  readonly where?: string;
}

export const CONFIG_INVALID = 'WB_CONFIG_INVALID';

/** Wrong configuration: stops the start. Holds every fault, not the first one. The texts hold no secret. */
export class ConfigError extends Error {
  readonly code = CONFIG_INVALID;
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(formatFaults(faults));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Keys come from a file and end on a terminal: control characters would let them rewrite what is shown there. */
const printable = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

interface Entry {
  readonly path: string;
  readonly where: string | undefined;
  readonly example: string | undefined;
  readonly rules: string[];
}

/** One entry per place: a wrong value often breaks several rules at once, and one line per place reads better. */
function byPlace(faults: readonly ConfigFault[]): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const { path, rule, example, where } of faults) {
    const place = JSON.stringify([path, example, where]);
    const entry = entries.get(place);
    if (entry) entry.rules.push(rule);
    else entries.set(place, { path, where, example, rules: [rule] });
  }
  return [...entries.values()];
}

function lines(entry: Entry): readonly string[] {
  const where = entry.where === undefined ? '' : ` (${entry.where})`;
  const first = `  ${entry.path}: ${[...new Set(entry.rules)].join('; ')}${where}`;
  return entry.example === undefined ? [first] : [first, `      example: ${entry.example}`];
}

/** The one block of text printed at start: every fault with its path, the rule, the place and an example. */
export function formatFaults(faults: readonly ConfigFault[]): string {
  const entries = byPlace(faults);
  const count = entries.length === 1 ? '1 fault' : `${entries.length} faults`;
  return [
    `${CONFIG_INVALID}: ${count} in the configuration. Nothing was started.`,
    '',
    ...entries.flatMap(lines).map(printable),
    '',
    'Correct these and start again. Every setting is described in docs/configuration.md.',
  ].join('\n');
}
