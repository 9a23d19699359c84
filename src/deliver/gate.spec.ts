import { describe, expect, it } from '@jest/globals';
import { fakeClock } from '../testing/fake-clock.js';
import { Gate } from './gate.js';

describe('the gate of a target', () => {
  it('stays shut until the latest moment that the partner named', () => {
    const clock = fakeClock();
    const gate = new Gate(() => clock.now());
    expect([gate.open, gate.wait]).toEqual([true, 0]);
    const until = clock.now() + 5000;
    gate.close(until);
    gate.close(until - 3000);
    expect([gate.open, gate.wait]).toEqual([false, 5000]);
    clock.set(until - 1);
    expect([gate.open, gate.wait]).toEqual([false, 1]);
    clock.set(until);
    expect([gate.open, gate.wait]).toEqual([true, 0]);
  });
});
