import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LEASE_MS, type Claimed } from './claims.js';
import { LANE_SIZE } from './places.js';
import { START, WAKE, claimed, ids, lane, turn } from './lane-world.spec-kit.js';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('sockets', () => {
  it('are never more than configured, and never idle while something waits', async () => {
    const { lane: one, world } = lane({ sockets: 2 });
    one.accept(ids(5).map((id) => claimed(id)));
    await turn();
    expect([world.sent, one.sending, one.waiting]).toEqual([['d0', 'd1'], 2, 3]);
    await world.out[1]?.end();
    expect(world.sent).toEqual(['d0', 'd1', 'd2']);
    while (world.out.length > 0) {
      expect(one.sending).toBeLessThanOrEqual(2);
      await world.out[0]?.end();
    }
    expect(world.sent).toEqual(ids(5));
    expect([one.sending, one.waiting, one.room]).toEqual([0, 0, LANE_SIZE]);
  });

  it('are free again after an attempt that fell over', async () => {
    const { lane: one, world } = lane({ sockets: 1 });
    one.accept(['a', 'b'].map((id) => claimed(id)));
    await turn();
    await world.out[0]?.fail();
    expect(world.sent).toEqual(['a', 'b']);
    expect(world.errors).toHaveLength(1);
    await world.endAll();
    expect(one.room).toBe(LANE_SIZE);
  });

  it('carry an id once, also between the answer and the settled row', async () => {
    const { lane: one, world } = lane();
    one.accept([claimed('a')]);
    await turn();
    const [sending] = world.out;
    await sending?.end(false);
    one.accept([claimed('a')]);
    one.offer(['a'], WAKE);
    await turn();
    expect([world.sent, world.claims]).toEqual([['a'], []]);
    sending?.settled();
    one.offer(['a'], WAKE);
    await turn();
    expect(world.sent).toEqual(['a', 'a']);
  });
});

describe('claims', () => {
  it('come before every send of an offered id; what is not ours is forgotten', async () => {
    const { lane: one, world } = lane();
    world.taken.add('b');
    one.offer(['a', 'b'], WAKE);
    await turn();
    expect(world.claims).toEqual([{ ids: ['a', 'b'], wake: WAKE, ahead: true }, ...risky('b')]);
    expect(world.sent).toEqual(['a']);
    world.taken.clear();
    one.offer(['b'], WAKE);
    await turn();
    expect(world.sent).toEqual(['a', 'b']);
  });

  const risky = (id: string) => [{ ids: [id], wake: WAKE, ahead: false }];

  it('are taken up to 256 ahead of the sockets, the next when half of them are out', async () => {
    const { lane: one, world } = lane({ sockets: 10 });
    one.offer(ids(1000), WAKE);
    await turn();
    expect(world.claims.map((claim) => [claim.ids.length, claim.ahead])).toEqual([[256, true]]);
    for (let i = 0; i < 118; i += 1) await world.out[0]?.end();
    expect(world.claims).toHaveLength(1);
    await world.out[0]?.end();
    expect(world.claims).toHaveLength(2);
    expect(world.claims[1]?.ids.length).toBeGreaterThanOrEqual(128);
  });

  it('are one at a time', async () => {
    const { lane: one, world } = lane();
    const gate = Promise.withResolvers<void>();
    world.gates.claim = gate.promise;
    one.offer(['a'], WAKE);
    one.offer(['b'], WAKE);
    await turn();
    expect(world.claims.map((claim) => claim.ids)).toEqual([['a']]);
    gate.resolve();
    await turn();
    expect(world.claims.map((claim) => claim.ids)).toEqual([['a'], ['b']]);
  });

  it('are no more than the free sockets once the oldest has waited a second', async () => {
    const { lane: one, world } = lane({ sockets: 2 });
    one.accept(ids(3).map((id) => claimed(id)));
    await turn();
    world.time += 1000;
    one.offer(ids(50, 10), WAKE);
    await turn();
    // Two on their way, one waits: no socket is free, and nothing more is claimed.
    expect(world.claims).toEqual([]);
    await world.out[0]?.end();
    await world.out[0]?.end();
    expect(world.claims[0]).toMatchObject({ ids: { length: 50 }, ahead: true });
  });

  it('of different moments are never mixed', async () => {
    const { lane: one, world } = lane();
    one.offer(['a', 'b'], WAKE);
    one.offer(['c'], WAKE + 1);
    one.offer(['d'], WAKE);
    for (let i = 0; i < 4; i += 1) await turn();
    expect(world.claims.map(({ ids: some, wake }) => [some, wake])).toEqual([
      [['a', 'b'], WAKE],
      [['c'], WAKE + 1],
      [['d'], WAKE],
    ]);
  });

  it('of rows that crashed a process are made for a free socket only', async () => {
    const { lane: one, world } = lane({ sockets: 2 });
    for (const id of ['p1', 'p2', 'p3']) world.crashed.add(id);
    one.offer(['a', 'p1', 'p2', 'p3'], WAKE);
    await turn();
    expect(world.claims).toEqual([
      { ids: ['a', 'p1', 'p2', 'p3'], wake: WAKE, ahead: true },
      { ids: ['p1'], wake: WAKE, ahead: false },
    ]);
    // With both sockets busy none of them is claimed at all.
    const busy = lane({ sockets: 1 });
    busy.world.crashed.add('p1');
    busy.lane.accept([claimed('x')]);
    await turn();
    busy.lane.offer(['p1'], WAKE);
    await turn();
    expect(busy.world.claims.filter((claim) => !claim.ahead)).toEqual([]);
    expect(busy.world.sent).toEqual(['x']);
  });

  it('that fail leave the ids to the sweeper', async () => {
    const { lane: one, world } = lane();
    world.gates.claim = Promise.reject(new Error('away'));
    one.offer(['a'], WAKE);
    await turn();
    expect([world.errors.length, one.room, world.sent]).toEqual([1, LANE_SIZE, []]);
    world.gates = {};
    one.offer(['a'], WAKE);
    await turn();
    expect(world.sent).toEqual(['a']);
  });

  it('without a row are not sent, and a failing read loses nothing of the lane', async () => {
    const { lane: one, world } = lane();
    const bare = (id: string): Claimed => ({ id, token: 't', until: START + LEASE_MS });
    world.loadRow = false;
    one.accept([bare('gone')]);
    await turn();
    expect([world.sent, one.room]).toEqual([[], LANE_SIZE]);
    world.gates.load = Promise.reject(new Error('away'));
    one.accept([bare('a')]);
    await turn();
    expect([world.errors.length, one.room]).toEqual([1, LANE_SIZE]);
    world.gates = {};
    world.loadRow = true;
    one.accept([bare('a')]);
    await turn();
    expect(world.sent).toEqual(['a']);
  });
});
