import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LedgerStore } from '../ledger/store.js';
import { HeldChildren } from './held-children.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');

describe('reversals that wait for their sale', () => {
  const updateMany = jest.fn<(filter: object, update: object) => Promise<unknown>>();
  let children: HeldChildren;

  beforeEach(() => {
    updateMany.mockReset().mockResolvedValue({});
    children = new HeldChildren({ deliveries: { updateMany } } as unknown as LedgerStore);
  });

  it('are woken together, once, and only while they are still held', () => {
    for (const child of ['r1', 'r2', 'r1']) children.add('sale', child);
    children.add('other', 'r3');
    children.wake('sale', NOW);
    children.wake('sale', NOW);
    children.wake('nobody', NOW);
    expect(updateMany.mock.calls).toEqual([
      [{ _id: { $in: ['r1', 'r2'] }, state: 'held' }, { $set: { wakeAt: new Date(NOW) } }],
    ]);
  });

  it('are found by their wake-up time when the database does not answer', async () => {
    updateMany.mockRejectedValue(new Error('away'));
    children.add('sale', 'r1');
    expect(() => children.wake('sale', NOW)).not.toThrow();
    // An unheard rejection would end the process.
    await new Promise((resolve) => setImmediate(resolve));
    expect(updateMany).toHaveBeenCalledTimes(1);
  });

  it('are forgotten rather than grow without end', () => {
    for (let i = 0; i < 10_001; i += 1) children.add(`s${i}`, `r${i}`);
    children.wake('s0', NOW);
    expect(updateMany).not.toHaveBeenCalled();
    children.wake('s10000', NOW);
    expect(updateMany).toHaveBeenCalledTimes(1);
  });
});
