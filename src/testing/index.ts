/** The contract suite and the fakes, for plugins inside and outside this repository (`waybill/testing`). */
export * from './suite.js';
export * from './fixtures.js';
export * from './fault.js';
export * from './sample-event.js';
export * from './fake-clock.js';
export * from './partner.js';
export { sourceChecks, MIN_SOURCE_CASES } from './source-checks.js';
export { targetChecks } from './target-checks.js';
export { sourceInput, readSource, summary, type Reading, type SourceInput } from './source-run.js';
export { impurities, pluginImpurities } from './purity.js';
export { sourceReadmeFaults, targetReadmeFaults } from './readme-checks.js';
