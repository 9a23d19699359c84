import type { ConfigFault } from '../../platform/config/index.js';

export type ChangeCode =
  | 'WB_CONFIG_INVALID'
  | 'WB_CONFIG_FILE_OWNED'
  | 'WB_CONFIG_EXISTS'
  | 'WB_CONFIG_MISSING'
  | 'WB_CONFIG_STALE'
  | 'WB_CONFIG_VERSION_MISSING'
  | 'WB_CONFIG_SECRETS'
  | 'WB_CONFIG_BUSY'
  | 'WB_CONFIG_NOT_APPLIED';

/** A change of the configuration was refused; nothing was stored. Texts hold no secret. */
export class ChangeError extends Error {
  override readonly name = 'ChangeError';

  constructor(
    readonly code: ChangeCode,
    readonly detail: string,
    readonly faults: readonly ConfigFault[] = [],
  ) {
    super(`${code}: ${detail}`);
  }
}
