import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LedgerStore } from '../ledger/store.js';
import { HeldChildren } from './held-children.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');

describe('reversals that wait for their sale', () => {
  const updateMany = jest.fn<(filter: object, update: object) => Promise<unknown>>();
  let children: HeldChildren;
  let final: string[];
  let asked: string[][];

  beforeEach(() => {
    updateMany.mockReset().mockResolvedValue({});
    [final, asked] = [[], []];
    const find = ({ _id }: { _id: { $in: string[] } }) => {
      asked.push(_id.$in);
      const found = _id.$in.filter((id) => final.includes(id)).map((id) => ({ _id: id }));
      return { toArray: () => Promise.resolve(found) };
    };
    children = new HeldChildren({ deliveries: { updateMany, find } } as unknown as LedgerStore);
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

  it('are woken when another replica has ended the delivery they wait for', async () => {
    await children.look(NOW);
    expect(asked).toEqual([]);
    for (const sale of ['s1', 's2']) children.add(sale, `of ${sale}`);
    final = ['s2'];
    await children.look(NOW);
    await children.look(NOW);
    expect(asked).toEqual([['s1', 's2'], ['s1']]);
    expect(updateMany.mock.calls).toEqual([
      [{ _id: { $in: ['of s2'] }, state: 'held' }, { $set: { wakeAt: new Date(NOW) } }],
    ]);
  });

  it('take turns when there are more than one look takes', async () => {
    for (let i = 0; i < 700; i += 1) children.add(`s${i}`, `r${i}`);
    await children.look(NOW);
    await children.look(NOW);
    expect(asked.map((one) => [one.length, one[0]])).toEqual([
      [500, 's0'],
      [500, 's500'],
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
