import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeClock, type FakeClock } from '../testing/fake-clock.js';
import { Gate } from './gate.js';

describe('the gate of a target', () => {
  let clock: FakeClock;
  const gate = (rate: number | null) => new Gate(rate, () => clock.now());

  beforeEach(() => {
    clock = fakeClock();
  });

  it('without a rate is always open', () => {
    const open = gate(null);
    for (let i = 0; i < 100; i += 1) expect(open.take()).toBe(0);
  });

  it('spaces requests out evenly, and tells how long to wait', () => {
    const paced = gate(4);
    expect([paced.take(), paced.take()]).toEqual([0, 250]);
    clock.advance(100);
    expect(paced.take()).toBe(150);
    clock.advance(150);
    expect([paced.take(), paced.take()]).toEqual([0, 250]);
  });

  it('saves nothing up while nobody comes', () => {
    const paced = gate(10);
    paced.take();
    clock.advance(60_000);
    expect([paced.take(), paced.take()]).toEqual([0, 100]);
  });

  it('stays shut until the latest moment that the partner named', () => {
    const shut = gate(null);
    const until = clock.now() + 5000;
    shut.close(until);
    shut.close(until - 3000);
    expect([shut.open, shut.take()]).toEqual([false, 5000]);
    clock.set(until - 1);
    expect([shut.open, shut.take()]).toEqual([false, 1]);
    clock.set(until);
    expect([shut.open, shut.take()]).toEqual([true, 0]);
  });

  it('costs no slot while it is shut', () => {
    const both = gate(1);
    both.close(clock.now() + 5000);
    both.take();
    clock.advance(5000);
    expect([both.take(), both.take()]).toEqual([0, 1000]);
  });

  it('never lets more through than the rate allows, however it is asked', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 50 }), (waits, rate) => {
        clock = fakeClock();
        const paced = gate(rate);
        const start = clock.now();
        let passed = 0;
        for (const wait of waits) {
          clock.advance(wait);
          if (paced.take() === 0) passed += 1;
          const allowed = 1 + ((clock.now() - start) / 1000) * rate;
          expect(passed).toBeLessThanOrEqual(Math.floor(allowed + 1e-6));
        }
      }),
    );
  });
});
