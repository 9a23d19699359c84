import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FAULT_POINTS, faultPoint } from './fault-point.js';

describe('a fault point', () => {
  let kill: jest.SpiedFunction<typeof process.kill>;

  beforeEach(() => {
    kill = jest.spyOn(process, 'kill').mockReturnValue(true);
  });
  afterEach(() => {
    kill.mockRestore();
  });

  const pass = (setting: string | null, times = 3) => {
    const point = faultPoint(setting);
    const killedAt: string[] = [];
    for (let round = 1; round <= times; round += 1) {
      for (const name of FAULT_POINTS) {
        const before = kill.mock.calls.length;
        point(name);
        if (kill.mock.calls.length > before) killedAt.push(`${name}:${round}`);
      }
    }
    return killedAt;
  };

  it('does nothing when none is set', () => {
    expect(pass(null)).toEqual([]);
  });

  it.each(FAULT_POINTS)(
    'kills at the first passage of %s, without a chance to clean up',
    (name) => {
      expect(pass(name)).toEqual([`${name}:1`]);
      expect(kill).toHaveBeenCalledWith(process.pid, 'SIGKILL');
    },
  );

  it('kills at the n-th passage only', () => {
    expect(pass('before-send:2')).toEqual(['before-send:2']);
    expect(pass('before-send:9')).toEqual([]);
  });

  it.each(['', 'nowhere', 'before-send:x', ':1'])('does nothing for %p', (setting) => {
    expect(pass(setting)).toEqual([]);
  });
});
