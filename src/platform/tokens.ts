/** Injection tokens of things that are no classes. */
export const CLOCK = Symbol('Clock');
export const LOG = Symbol('Log');
export const FAULT_POINT = Symbol('FaultPoint');
export const PROCESS_CONFIG = Symbol('ProcessConfig');
/** The axios transport: look-ups, enrichment, backfill. */
export const LOOKUPS = Symbol('Lookups');
