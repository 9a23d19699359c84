/** Accounts, targets, routes, offers and programmes: the model, and the file it is read from. */
export * from './model.js';
export { Configuration, maskSecrets, type ConfigurationParts } from './configuration.js';
export { loadConfiguration, type LoadOptions } from './load-configuration.js';
export { readPluginNames } from './layers.js';
export { AccountsModule } from './accounts.module.js';
