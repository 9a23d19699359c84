import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  START,
  WAKE,
  claimed,
  ids,
  lane,
  shared,
  turn,
  type World,
} from './lane-world.spec-kit.js';
import { LANE_SIZE } from './places.js';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
});
afterEach(() => {
  jest.useRealTimers();
});

const fail = async (one: ReturnType<typeof lane>, times = 10) => {
  for (let i = 0; i < times; i += 1) one.lane.admission.record('failed');
  await turn();
};

const pass = async (world: World, ms: number) => {
  world.time += ms;
  await jest.advanceTimersByTimeAsync(1000);
  await turn();
};

describe('a lane whose breaker opens', () => {
  it('gives everything back until the end of the window, and takes nothing', async () => {
    const one = lane({ sockets: 2 }, shared());
    one.lane.accept(ids(5).map((id) => claimed(id)));
    one.lane.offer(['x'], WAKE);
    await turn();
    await fail(one);
    const { lane: it, world } = one;
    expect(world.back.filter((id) => id !== 'x').toSorted()).toEqual(['d2', 'd3', 'd4']);
    expect(world.backAt).toBe(START + 30_000);
    expect([it.waiting, it.room, it.reserve, it.takesNewborn]).toEqual([0, 0, 0, false]);
    await world.endAll();
    it.offer(['y'], WAKE);
    it.accept([claimed('z')]);
    await turn();
    expect(world.sent).toEqual(['d0', 'd1']);
    expect(world.back).toContain('z');
    expect(world.claims.filter((claim) => claim.ids.includes('y'))).toEqual([]);
  });

  it('sends one when the window is over, and no other before that has an outcome', async () => {
    const one = lane({ sockets: 2 }, shared());
    await fail(one);
    await pass(one.world, 30_000);
    expect(one.lane.room).toBe(1);
    one.lane.offer(['p1', 'p2'], WAKE);
    for (let i = 0; i < 4; i += 1) await turn();
    expect(one.world.sent).toEqual(['p1']);
    await pass(one.world, 5000);
    expect(one.world.sent).toEqual(['p1']);
    one.lane.admission.record('failed');
    await turn();
    expect([one.lane.room, one.lane.admission.heldUntil]).toEqual([0, one.world.time + 60_000]);
    await one.world.endAll();
    expect(one.world.sent).toEqual(['p1']);
  });

  it('comes back gently: a tenth of the sockets, all of them after two minutes', async () => {
    const one = lane({ sockets: 20 }, shared());
    await fail(one);
    await pass(one.world, 30_000);
    one.lane.offer(['p'], WAKE);
    for (let i = 0; i < 4; i += 1) await turn();
    one.lane.admission.record('answered');
    await turn();
    await one.world.endAll();
    expect([one.lane.admission.phase, one.lane.room]).toEqual(['closed', LANE_SIZE]);
    one.lane.offer(ids(60), WAKE);
    await turn();
    expect(one.lane.sending).toBe(2);
    await pass(one.world, 60_000);
    expect(one.lane.admission.sockets).toBe(11);
    await pass(one.world, 60_000);
    expect(one.lane.admission.sockets).toBe(20);
  });

  it('of another replica is seen at the next look', async () => {
    const values = shared();
    const [one, other] = [lane({}, values, 'one'), lane({}, values, 'other')];
    await fail(one);
    expect(other.lane.admission.phase).toBe('closed');
    await other.lane.admission.look();
    expect([other.lane.admission.phase, other.lane.room]).toEqual(['open', 0]);
  });

  it('of a target that never failed changes nothing', async () => {
    const one = lane({ sockets: 3 }, shared());
    for (let i = 0; i < 50; i += 1) one.lane.admission.record('answered');
    await fail(one, 9);
    one.lane.accept(ids(5).map((id) => claimed(id)));
    await turn();
    expect([one.lane.sending, one.lane.admission.sockets]).toEqual([3, 3]);
  });
});

describe('a partner’s Retry-After', () => {
  it('sends what waits back when it is long, and is heard by every replica', async () => {
    const values = shared();
    const [one, other] = [lane({}, values, 'one'), lane({}, values, 'other')];
    one.lane.accept(ids(4).map((id) => claimed(id)));
    await turn();
    one.lane.admission.close(START + 600_000);
    await one.world.out[0]?.end();
    expect([one.world.sent.length, one.world.back]).toEqual([2, ['d2', 'd3']]);
    expect([one.world.backAt, one.lane.room]).toEqual([START + 600_000, 0]);
    await other.lane.admission.look();
    expect([other.lane.admission.heldUntil, other.lane.room]).toEqual([START + 600_000, 0]);
    other.world.time = START + 600_000;
    expect([other.lane.admission.heldUntil, other.lane.room]).toEqual([0, LANE_SIZE]);
  });
});
