import type { ProcessConfig } from '../config/process-config.js';
import { awsResolver } from './aws.js';
import { CachedResolver } from './cached-resolver.js';
import type { SecretResolver } from './found.js';
import { gcpResolver } from './gcp.js';
import { vaultResolver } from './vault.js';

/** Values are asked for again at the latest at every refresh, and not twice for changes that come close together. */
const FRESH_SHARE = 0.2;

export interface ResolverParts {
  readonly config: Pick<ProcessConfig, 'vault' | 'secretRefreshMs'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onStale: (reference: string, rule: string) => void;
  readonly now?: () => number;
}

/** All secrets managers that references may name. None is asked before a reference names it. */
export function secretResolvers(parts: ResolverParts): readonly SecretResolver[] {
  const { config, env, onStale, now = Date.now } = parts;
  const freshMs = config.secretRefreshMs * FRESH_SHARE;
  const all = [vaultResolver(config.vault), awsResolver(env, now), gcpResolver(env, now)];
  return all.map((one) => new CachedResolver(one, { now, freshMs, onStale }));
}
