import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LEASE_MS, SEND_FENCE_MS } from './claims.js';
import { NEWBORN_LIMIT, type Lane } from './lane.js';
import { LANE_SIZE } from './places.js';
import { START, WAKE, claimed, ids, lane, turn } from './lane-world.spec-kit.js';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the fence', () => {
  it('lets no send begin that could outlive its claim', async () => {
    const { lane: one, world } = lane();
    one.accept([
      claimed('late', START + SEND_FENCE_MS - 1),
      claimed('just', START + SEND_FENCE_MS),
    ]);
    await turn();
    expect([world.sent, world.back]).toEqual([['just'], ['late']]);
  });

  it('gives back what waited too long, and only that', async () => {
    const { lane: one, world } = lane({ sockets: 1 });
    const until = [60_000, 30_000, 60_000].map((ms) => START + ms);
    one.accept(until.map((end, i) => claimed(`d${i}`, end)));
    await turn();
    world.time += 9000;
    await one.giveBackLate();
    expect(world.back).toEqual([]);
    world.time += 1000;
    await one.giveBackLate();
    expect([world.back, one.waiting]).toEqual([['d1'], 1]);
    await world.endAll();
    expect(world.sent).toEqual(['d0', 'd2']);
  });
});

describe('room', () => {
  it('is for 2,000 ids; the lane asks for more when half of an overflow is gone, once', async () => {
    const { lane: one, world } = lane({ sockets: 200 });
    one.offer(ids(2500), WAKE);
    await turn();
    expect([one.room, one.waiting + one.sending]).toEqual([0, LANE_SIZE]);
    let ended = 0;
    while (world.hungryFor.length === 0 && world.out.length > 0) {
      await world.out[0]?.end();
      ended += 1;
    }
    expect([world.hungryFor, ended]).toEqual([['tap'], LANE_SIZE / 2 + 1]);
    while (world.out.length > 0) await world.out[0]?.end();
    expect([world.hungryFor, new Set(world.sent).size]).toEqual([['tap'], LANE_SIZE]);
    // Nothing was left out this time: there is nothing to ask for.
    one.offer(ids(100), WAKE);
    await turn();
    while (world.out.length > 0) await world.out[0]?.end();
    expect(world.hungryFor).toEqual(['tap']);
    // The sweeper left some behind: asked for with the next free place, because the lane is all but empty.
    one.expectMore();
    one.offer(['one more'], WAKE);
    await turn();
    expect(world.hungryFor).toEqual(['tap', 'tap']);
  });

  it.each<[string, number, number, boolean]>([
    ['while as many wait as may', NEWBORN_LIMIT + 1, 0, true],
    ['not while more wait', NEWBORN_LIMIT + 2, 0, false],
    ['while the oldest has waited under a second', 10, 999, true],
    ['not after a second', 10, 1000, false],
  ])('takes newborn rows %s', async (_name, count, waited, takes) => {
    const { lane: one, world } = lane({ sockets: 1 });
    one.accept(ids(count).map((id) => claimed(id)));
    await turn();
    world.time += waited;
    expect(one.takesNewborn).toBe(takes);
  });
});

describe('the gate', () => {
  it('stops the whole lane until the partner wants to hear again', async () => {
    const { lane: one, world } = lane({ sockets: 1 });
    one.accept(['a', 'b'].map((id) => claimed(id)));
    await turn();
    one.admission.close(START + 5000);
    one.admission.close(START + 2000);
    await world.out[0]?.end();
    expect([world.sent, one.takesNewborn]).toEqual([['a'], false]);
    world.time += 4999;
    await jest.advanceTimersByTimeAsync(4999);
    expect(world.sent).toEqual(['a']);
    world.time += 1;
    await jest.advanceTimersByTimeAsync(1000);
    expect([world.sent, one.takesNewborn]).toEqual([['a', 'b'], true]);
  });

  it('closed, claims nothing ahead', async () => {
    const { lane: one, world } = lane({ sockets: 2 });
    one.admission.close(START + 5000);
    one.offer(ids(100), WAKE);
    await turn();
    expect(world.claims.every((claim) => !claim.ahead && claim.ids.length <= 2)).toBe(true);
    expect(world.sent).toEqual([]);
  });
});

describe('stop', () => {
  const stopping = async (one: Lane) => {
    let stopped = false;
    const stop = one.stop().then(() => (stopped = true));
    await jest.advanceTimersByTimeAsync(50);
    return { stop, stopped: () => stopped };
  };

  it('finishes what is in flight and gives the rest back', async () => {
    const { lane: one, world } = lane({ sockets: 2 });
    one.accept(ids(5).map((id) => claimed(id)));
    one.offer(['x'], WAKE);
    await turn();
    const { stop, stopped } = await stopping(one);
    expect(stopped()).toBe(false);
    await world.endAll();
    await jest.advanceTimersByTimeAsync(50);
    await stop;
    expect(world.sent).toEqual(['d0', 'd1']);
    expect(world.back.toSorted()).toEqual(expect.arrayContaining(['d2', 'd3', 'd4']));
    expect([one.waiting, one.room]).toEqual([0, 0]);
  });

  it('gives back what a claim brings that was on its way', async () => {
    const { lane: one, world } = lane();
    const gate = Promise.withResolvers<void>();
    world.gates.claim = gate.promise;
    one.offer(['a', 'b'], WAKE);
    await turn();
    const { stop } = await stopping(one);
    gate.resolve();
    await turn();
    await jest.advanceTimersByTimeAsync(50);
    await stop;
    expect([world.sent, world.back.toSorted()]).toEqual([[], ['a', 'b']]);
  });

  it('gives back claims whose rows were just being read', async () => {
    const { lane: one, world } = lane();
    const gate = Promise.withResolvers<void>();
    world.gates.load = gate.promise;
    one.accept([{ id: 'a', token: 't', until: START + LEASE_MS }]);
    await turn();
    const { stop } = await stopping(one);
    gate.resolve();
    await turn();
    await jest.advanceTimersByTimeAsync(50);
    await stop;
    expect([world.sent, world.back]).toEqual([[], ['a']]);
  });

  it('takes nothing more: claims go straight back', async () => {
    const { lane: one, world } = lane();
    await one.stop();
    one.offer(['a'], WAKE);
    one.accept([claimed('b')]);
    await turn();
    expect([world.sent, world.claims, world.back]).toEqual([[], [], ['b']]);
    expect([one.room, one.takesNewborn]).toEqual([0, false]);
  });

  it('of a pause empties the lane without ending it', async () => {
    const { lane: one, world } = lane({ sockets: 1 });
    one.accept(['a', 'b'].map((id) => claimed(id)));
    await turn();
    await one.empty();
    expect([world.back, one.waiting]).toEqual([['b'], 0]);
    await world.endAll();
    one.offer(['b'], WAKE);
    await turn();
    expect(world.sent).toEqual(['a', 'b']);
  });
});
