import { describe, expect, it } from '@jest/globals';
import { timeEnv, warped } from './time-env.js';

describe('a warped time', () => {
  const epoch = 1_700_000_000_000;

  it('runs so many times as fast since its epoch, and so far ahead', () => {
    const time = { factor: 5, shiftMs: 600_000, epoch };
    expect(warped(time, epoch)).toBe(epoch + 600_000);
    expect(warped(time, epoch + 2000)).toBe(epoch + 600_000 + 10_000);
  });

  it('with factor 1 is this machine’s, whatever the epoch', () => {
    expect(warped({ factor: 1, shiftMs: 7, epoch: 0 }, epoch)).toBe(epoch + 7);
  });

  it('reaches the process by its environment', () => {
    const env = timeEnv('/opt/waybill', { factor: 2, shiftMs: 3, epoch });
    expect(env['NODE_OPTIONS']).toBe('--import file:///opt/waybill/dist/drills/rig/warp.js');
    expect(JSON.parse(env['DRILL_TIME'] ?? '')).toEqual({ factor: 2, shiftMs: 3, epoch });
  });
});
