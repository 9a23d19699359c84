import type { ConfigFault } from './config-error.js';
import type { Env } from './load-process-config.js';
import { ROLES } from './process-settings.js';

/** What the program is to do instead of running the gateway. */
export interface MigrateOrder {
  /** Only look. */
  readonly status: boolean;
  readonly json: boolean;
  /** How long to wait for another process that migrates, milliseconds. */
  readonly waitMs: number;
}

export interface CommandLine {
  /** Settings that the command line gives; they win over the environment. */
  readonly env: Env;
  readonly faults: readonly ConfigFault[];
  /** Undefined: run the gateway. */
  readonly migrate?: MigrateOrder;
}

/** Seconds that a migration of another process is waited for unless `--wait` says otherwise. */
const WAIT_S = 600;
const ALLOWED = `--role=${ROLES.join('|')}, --migrate and --status (both with --json and --wait=<seconds>)`;
const isRole = (word: string): boolean => ROLES.some((role) => role === word);

interface Words {
  readonly given: ReadonlyMap<string, string>;
  readonly faults: ConfigFault[];
}

const FLAGS: ReadonlySet<string> = new Set(['--migrate', '--status', '--json']);
const VALUED: ReadonlySet<string> = new Set(['--role', '--wait']);

function split(words: readonly string[]): Words {
  const given = new Map<string, string>();
  const faults: ConfigFault[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const [name = '', ...rest] = (words[i] ?? '').split('=');
    if (VALUED.has(name))
      given.set(name, rest.length > 0 ? rest.join('=') : (words[(i += 1)] ?? ''));
    else if (FLAGS.has(name) && rest.length === 0) given.set(name, '');
    else faults.push({ path: name, rule: `is not an argument; there is ${ALLOWED}` });
  }
  return { given, faults };
}

function orderOf({ given, faults }: Words): MigrateOrder | undefined {
  const wanted = given.has('--migrate') || given.has('--status');
  for (const name of wanted ? [] : ['--json', '--wait'])
    if (given.has(name)) faults.push({ path: name, rule: 'goes with --migrate or --status only' });
  const wait = given.get('--wait') ?? String(WAIT_S);
  if (!/^\d{1,6}$/.test(wait))
    faults.push({ path: '--wait', rule: 'must be a number of seconds', example: '--wait=600' });
  if (!wanted) return undefined;
  return {
    status: given.has('--status'),
    json: given.has('--json'),
    waitMs: Number(wait) * 1000,
  };
}

/**
 * The words behind the program's name: `--role=worker` or `--role worker`, the same as `WAYBILL_ROLE=worker`; `--migrate`
 * or `--status` for the database. Anything else is a fault, so that a misspelt word never starts something that nobody
 * asked for. Never throws.
 */
export function readCommandLine(words: readonly string[]): CommandLine {
  const read = split(words);
  const role = read.given.get('--role');
  const migrate = orderOf(read);
  if (role !== undefined && !isRole(role)) {
    const rule = `must be one of the following values: ${ROLES.join(', ')}`;
    read.faults.push({ path: '--role', rule, example: '--role=worker' });
  }
  return {
    env: role !== undefined && isRole(role) ? { WAYBILL_ROLE: role } : {},
    faults: read.faults,
    ...(migrate ? { migrate } : {}),
  };
}
