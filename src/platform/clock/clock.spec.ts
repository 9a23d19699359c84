import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { SteadyClock, StoreClock, SystemClock } from './clock.js';

const LOCAL = 1_795_168_800_000;

function clockAt(local = LOCAL) {
  const own = { at: local, now: () => own.at };
  return { own, clock: new StoreClock(own, own) };
}

describe('the clock of the store', () => {
  it('is the machine’s own until the store was heard', () => {
    const { own, clock } = clockAt();
    expect([clock.now(), clock.skewMs]).toEqual([LOCAL, 0]);
    own.at += 5;
    expect(clock.now()).toBe(LOCAL + 5);
  });

  it('believes the first sample, halfway between asking and answer', () => {
    const { clock } = clockAt();
    clock.sample(LOCAL + 5000, LOCAL, LOCAL + 10);
    expect([clock.skewMs, clock.now()]).toEqual([4995, LOCAL + 4995]);
  });

  it('moves by a quarter of the difference afterwards, so one odd sample cannot make it jump', () => {
    const { clock } = clockAt();
    clock.sample(LOCAL, LOCAL, LOCAL);
    clock.sample(LOCAL + 400, LOCAL, LOCAL);
    expect(clock.skewMs).toBe(100);
    clock.sample(LOCAL + 400, LOCAL, LOCAL);
    expect(clock.skewMs).toBe(175);
  });

  it('follows a step of the store’s clock at once, for then all due times have moved', () => {
    const { clock } = clockAt();
    clock.sample(LOCAL, LOCAL, LOCAL);
    clock.sample(LOCAL - 600_000, LOCAL, LOCAL);
    expect(clock.skewMs).toBe(-600_000);
  });

  it('takes no slow answer for a step', () => {
    const { clock } = clockAt();
    clock.sample(LOCAL, LOCAL, LOCAL);
    clock.sample(LOCAL + 10_000, LOCAL, LOCAL + 10_000);
    expect(clock.skewMs).toBe(1250);
  });

  it('does not care when the machine’s clock is set, and says how far that is off', () => {
    const steady = { now: () => LOCAL };
    const machine = { at: LOCAL, now: () => machine.at };
    const clock = new StoreClock(steady, machine);
    clock.sample(LOCAL + 50, LOCAL, LOCAL);
    machine.at += 600_000;
    expect([clock.now(), clock.skewMs]).toEqual([LOCAL + 50, 50 - 600_000]);
  });

  it('comes to agree with the store wherever both began, and never overshoots', () => {
    const skew = fc.integer({ min: -86_400_000, max: 86_400_000 });
    fc.assert(
      fc.property(skew, skew, (first, second) => {
        const { clock } = clockAt();
        clock.sample(LOCAL + first, LOCAL, LOCAL);
        let before = Math.abs(second - first);
        for (let i = 0; i < 80; i += 1) {
          clock.sample(LOCAL + second, LOCAL, LOCAL);
          const off = Math.abs(second - clock.skewMs);
          expect(off).toBeLessThanOrEqual(before + 1);
          before = off;
        }
        expect(before).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('tells whole milliseconds: ids and dates are made of them', () => {
    const { clock } = clockAt();
    clock.sample(LOCAL + 1, LOCAL, LOCAL + 1);
    clock.sample(LOCAL + 2, LOCAL, LOCAL + 1);
    expect(Number.isInteger(clock.now())).toBe(true);
  });
});

describe('the steady clock', () => {
  it('is the machine’s at the start of the process, and runs on when that is set', () => {
    const clock = new SteadyClock();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(5000);
    const before = clock.now();
    const set = jest.spyOn(Date, 'now').mockReturnValue(before + 600_000);
    try {
      expect(clock.now() - before).toBeLessThan(5000);
    } finally {
      set.mockRestore();
    }
  });
});

describe('the clock of the machine', () => {
  it('is Date.now', () => {
    const before = Date.now();
    const now = new SystemClock().now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });
});
