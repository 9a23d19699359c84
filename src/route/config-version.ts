import type { Configuration } from '../accounts/configuration.js';

/** The number of the configuration in force, as plans and deliveries carry it: the same content has the same number. */
export class ConfigVersion {
  constructor(private readonly configuration?: Pick<Configuration, 'version'>) {}

  /** 0 until the first is known. */
  get current(): number {
    return this.configuration?.version ?? 0;
  }
}
