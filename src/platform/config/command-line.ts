import type { ConfigFault } from './config-error.js';
import type { Env } from './load-process-config.js';
import { ROLES } from './process-settings.js';

export interface CommandLine {
  /** Settings that the command line gives; they win over the environment. */
  readonly env: Env;
  readonly faults: readonly ConfigFault[];
}

const ALLOWED = `--role=${ROLES.join('|')}`;
const isRole = (word: string): boolean => ROLES.some((role) => role === word);

/**
 * The words behind the program's name: `--role=worker` or `--role worker`, the same as `WAYBILL_ROLE=worker`. Anything
 * else is a fault, so that a misspelt word never starts something that nobody asked for. Never throws.
 */
export function readCommandLine(words: readonly string[]): CommandLine {
  const faults: ConfigFault[] = [];
  let role: string | undefined;
  for (let i = 0; i < words.length; i += 1) {
    const [name = '', ...rest] = (words[i] ?? '').split('=');
    if (name !== '--role') {
      faults.push({ path: name, rule: `is not an argument; there is ${ALLOWED}` });
      continue;
    }
    const given = rest.length > 0 ? rest.join('=') : words[(i += 1)];
    if (given !== undefined && isRole(given)) role = given;
    else {
      const rule = `must be one of the following values: ${ROLES.join(', ')}`;
      faults.push({ path: '--role', rule, example: '--role=worker' });
    }
  }
  return { env: role === undefined ? {} : { WAYBILL_ROLE: role }, faults };
}
