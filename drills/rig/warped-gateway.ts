import { SystemClock } from '../../src/platform/clock/clock.js';
import { startGatewayHere } from './gateway-here.js';
import { noteRequests } from './wire-times.js';

/**
 * A gateway process that believes its own clock (which `warp.ts` has bent) instead of MongoDB's. Started by the rig in
 * place of the main file.
 */
const env = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  ),
);
noteRequests(env['WAYBILL_DATA'] ?? '.');
await startGatewayHere(env, new SystemClock());
