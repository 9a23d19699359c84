import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FairQueue } from './fair-queue.js';
import { WAKE, claimed, ids, lane, turn } from './lane-world.spec-kit.js';
import { LANE_SIZE, RESERVED } from './places.js';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a queue by account', () => {
  it('gives each account its turn, and each account its own order', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']) queue.push(item.charAt(0), item);
    const order = Array.from({ length: 8 }, () => queue.shift());
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4', undefined]);
    expect([queue.size, queue.accounts]).toEqual([0, []]);
  });

  it('keeps count through everything', () => {
    const queue = new FairQueue<number>();
    for (let i = 0; i < 10; i += 1) queue.push(i % 2 === 0 ? 'even' : 'odd', i);
    queue.unshift('odd', [-1]);
    expect(queue.takeRun('odd', 3, (one) => one < 3)).toEqual([-1, 1]);
    queue.filter((one) => one > 4);
    expect([...queue].toSorted((x, y) => x - y)).toEqual([5, 6, 7, 8, 9]);
    expect([queue.size, queue.sizeOf('odd'), queue.sizeOf('even')]).toEqual([5, 3, 2]);
    queue.clear();
    expect([queue.size, queue.shift()]).toEqual([0, undefined]);
    expect(queue.size).toBe(0);
  });
});

describe('a lane that one account floods', () => {
  const flooded = async (sockets = 2) => {
    const one = lane({ sockets });
    one.world.accountOf = (id) => (id.startsWith('b') ? 'b' : 'a');
    one.lane.offer(ids(2500), WAKE, 'a');
    await turn();
    return one;
  };

  it('has a place and the next turn for another', async () => {
    const { lane: one, world } = await flooded();
    expect(one.room).toBe(0);
    world.time += 5000;
    one.offer(['b1'], WAKE + 1, 'b');
    await turn();
    const before = world.sent.length;
    await world.out[0]?.end();
    await world.out[0]?.end();
    expect(world.sent.indexOf('b1')).toBeGreaterThanOrEqual(before);
    expect(world.sent.indexOf('b1') - before).toBeLessThanOrEqual(1);
  });

  it('sends every other request for the other account while that has some', async () => {
    const { lane: one, world } = await flooded(1);
    one.offer(['b1', 'b2', 'b3'], WAKE + 1, 'b');
    await turn();
    for (let i = 0; i < 8; i += 1) await world.out[0]?.end();
    const order = world.sent.map((id) => (id.startsWith('b') ? 'b' : 'a')).join('');
    expect(order).toMatch(/^a+(?:ba|ab){3}a*$/);
    expect(order.lastIndexOf('b')).toBeLessThanOrEqual(7);
  });

  it('holds no more than its places for the flood, and a few more for everybody else', async () => {
    const { lane: one, world } = await flooded();
    expect([world.declined.length, one.crowd, one.reserve]).toEqual([500, ['a'], RESERVED]);
    one.offer(
      Array.from({ length: 100 }, (_unused, i) => `b${i}`),
      WAKE + 1,
      'b',
    );
    await turn();
    expect(world.declined.length - 500).toBe(100 - RESERVED);
    expect(one.waiting + one.sending).toBe(LANE_SIZE + RESERVED);
  });

  it('claims a suspect of its own although others always wait', async () => {
    const one = lane({ sockets: 1 });
    one.world.accountOf = (id) => (id.startsWith('b') ? 'b' : 'a');
    one.world.crashed.add('b1');
    one.lane.accept(
      ids(50).map((id) => ({ ...claimed(id), row: one.world.rowOf(id) })),
      'a',
    );
    one.lane.offer(['b1'], WAKE, 'b');
    await turn();
    for (let i = 0; i < 4; i += 1) await one.world.out[0]?.end();
    expect(one.world.sent).toContain('b1');
  });
});
