import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Hearing, surePeak } from './hearing.js';

describe('what a partner hears', () => {
  it('has its peak within any second, counted from a request on', () => {
    const at = (...times: number[]) => times.map((time) => ({ at: time }));
    expect(surePeak([])).toBe(0);
    expect(surePeak(at(0, 500, 999, 1000, 1400))).toBe(4);
    expect(surePeak(at(0, 1000, 2000))).toBe(1);
  });

  it('right after a stand-still counts only where it surely came together', () => {
    const steady = Array.from({ length: 50 }, (_unused, i) => ({ at: 300 + i * 20 }));
    const waited = Array.from({ length: 15 }, () => ({ at: 300, since: 0 }));
    expect(surePeak([...waited, ...steady])).toBe(50);
    expect(surePeak([...waited.map(({ at }) => ({ at })), ...steady])).toBe(65);
  });

  it('never peaks higher than the true times do', () => {
    const request = fc.record({ true_: fc.nat(5000), late: fc.nat(400), told: fc.nat(400) });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), (all) => {
        const heard = all.map(({ true_, late, told }) => ({
          at: true_ + late,
          since: true_ - told,
        }));
        expect(surePeak(heard)).toBeLessThanOrEqual(surePeak(all.map(({ true_: at }) => ({ at }))));
      }),
    );
  });

  it('is marked after the process stood still, whether it looks or hears first, and not later', async () => {
    const hearing = new Hearing(Date.now);
    const began = Date.now();
    const end = performance.now() + 80;
    while (performance.now() < end);
    expect(hearing.since).toBeLessThanOrEqual(began);
    // Once round the event loop: the look was due and has been.
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    await turn();
    await turn();
    expect(hearing.since).toBeLessThanOrEqual(began);
    let since = hearing.since;
    while (since !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, 6));
      since = hearing.since;
    }
    expect(since).toBeUndefined();
    hearing.stop();
  });
});
