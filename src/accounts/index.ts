/** Accounts, targets, routes, offers and programmes: the model, and the file it is read from. */
export * from './model.js';
export { Configuration, maskSecrets, type ConfigurationParts } from './configuration.js';
export { ConfigurationReader, loadConfiguration, type LoadOptions } from './load-configuration.js';
export { referenceRule } from './live/reference-rule.js';
export { SecretKeyError } from './live/canary.js';
export type { SecretResolver } from './references.js';
export { readPluginNames } from './layers.js';
export { AccountsModule } from './accounts.module.js';
