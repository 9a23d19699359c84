export { type ChildControl } from './store-process.js';
export { type EmbeddedOptions, type EmbeddedStores, startEmbeddedStores } from './start.js';
export { StoreError, type StoreErrorCode } from './store-error.js';
