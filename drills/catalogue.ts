import { d01 } from './cases/d01-kill-during-ingest.js';
import type { Drill } from './rig/drill.js';

/** Every drill, in the order of a full run. */
export const DRILLS: readonly Drill[] = [d01];
