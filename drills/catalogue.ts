import { d01 } from './cases/d01-kill-during-ingest.js';
import { d02 } from './cases/d02-crash-windows.js';
import { d03 } from './cases/d03-redis-killed.js';
import { d04 } from './cases/d04-redis-emptied.js';
import { d05 } from './cases/d05-redis-away.js';
import { d06 } from './cases/d06-redis-full.js';
import { d07 } from './cases/d07-mongod-killed.js';
import { d08 } from './cases/d08-primary-lost.js';
import { d09 } from './cases/d09-failing-commands.js';
import { d10 } from './cases/d10-target-down.js';
import { d11 } from './cases/d11-slow-target.js';
import { d12 } from './cases/d12-order-permutations.js';
import { d13 } from './cases/d13-duplicate-storm.js';
import { d14 } from './cases/d14-late-writer.js';
import { d17 } from './cases/d17-secret-rotation.js';
import { d18 } from './cases/d18-wrong-clocks.js';
import { d21 } from './cases/d21-inner-addresses.js';
import { d26 } from './cases/d26-rolling-restart.js';
import { d27 } from './cases/d27-retry-storm.js';
import { d28 } from './cases/d28-fairness.js';
import { d29 } from './cases/d29-breaker.js';
import { d30 } from './cases/d30-disk-full.js';
import { d31 } from './cases/d31-soak.js';
import { d32 } from './cases/d32-restore.js';
import { d33 } from './cases/d33-rolling-upgrade.js';
import { d35 } from './cases/d35-poison.js';
import { d36 } from './cases/d36-bypass-matrix.js';
import { d37 } from './cases/d37-bad-lines.js';
import { d38 } from './cases/d38-load-balancer.js';
import type { Drill } from './rig/drill.js';

/** Every drill, in the order of a full run. */
export const DRILLS: readonly Drill[] = [
  d01,
  d02,
  d03,
  d04,
  d05,
  d06,
  d07,
  d08,
  d09,
  d10,
  d11,
  d12,
  d13,
  d14,
  d17,
  d18,
  d21,
  d26,
  d27,
  d28,
  d29,
  d30,
  d31,
  d32,
  d33,
  d35,
  d36,
  d37,
  d38,
];
