export * from './registry.js';
export * from './registry-error.js';
export { builtInPluginDir, loadRegistry, type RegistryOptions } from './load-registry.js';
export { RegistryModule } from './registry.module.js';
