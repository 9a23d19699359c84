/** Process settings from the environment, and the error that every fault of configuration ends in. */
export * from './config-error.js';
export * from './nearest.js';
export * from './cidr-list.js';
export * from './detours.js';
export * from './process-settings.js';
export * from './process-config.js';
export * from './load-process-config.js';
export * from './command-line.js';
export * from './describe-process-config.js';
