import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Target, TargetOptions } from '../accounts/index.js';
import type { TargetPlugin } from '../contract/index.js';
import type { DeliveryDoc, EventDoc } from '../ledger/documents.js';
import { hookTarget } from '../../test/journey/toys.js';
import { LEASE_MS, SEND_FENCE_MS, type Claimed } from './claims.js';
import { Lane, LANE_SIZE, type LaneWork } from './lane.js';

const START = Date.parse('2026-11-20T10:00:00.000Z');
const WAKE = START + 30_000;

const turn = () => new Promise((resolve) => setImmediate(resolve));

interface Sending {
  readonly id: string;
  /** The socket is free; the row is settled, too, unless said otherwise. */
  end(settled?: boolean): Promise<void>;
  fail(): Promise<void>;
  settled(): void;
}

/** The world around a lane: a clock, sockets that answer when told to, and rows that can be claimed or not. */
class World implements LaneWork {
  time = START;
  readonly out: Sending[] = [];
  readonly sent: string[] = [];
  readonly claims: { ids: readonly string[]; wake: number; ahead: boolean }[] = [];
  readonly back: string[] = [];
  readonly hungryFor: string[] = [];
  readonly errors: unknown[] = [];
  /** Ids that somebody else has. */
  readonly taken = new Set<string>();
  /** Ids that crashed a process before. */
  readonly crashed = new Set<string>();
  /** Held until told otherwise. */
  gates: { claim?: Promise<void>; load?: Promise<void>; giveBack?: Promise<void> } = {};
  loadRow = true;

  now(): number {
    return this.time;
  }

  async claim(ids: readonly string[], wake: number, ahead: boolean): Promise<Claimed[]> {
    this.claims.push({ ids, wake, ahead });
    const until = this.time + LEASE_MS;
    await this.gates.claim;
    return ids
      .filter((id) => !this.taken.has(id) && !(ahead && this.crashed.has(id)))
      .map((id) => claimed(id, until));
  }

  readonly declined: string[] = [];

  overflow(ids: readonly string[]): Promise<void> {
    this.declined.push(...ids);
    return Promise.resolve();
  }

  async load(claims: readonly Claimed[]): Promise<void> {
    await this.gates.load;
    if (this.loadRow) for (const claim of claims) claim.row ??= rowOf(claim.id);
  }

  async giveBack(claims: readonly Claimed[]): Promise<void> {
    await this.gates.giveBack;
    this.back.push(...claims.map((claim) => claim.id));
  }

  send(claim: Claimed, released: () => void): Promise<void> {
    this.sent.push(claim.id);
    return new Promise((resolve, reject) => {
      const drop = () => this.out.splice(this.out.indexOf(one), 1);
      const one: Sending = {
        id: claim.id,
        end: async (settled = true) => {
          drop();
          resolve();
          if (settled) released();
          await turn();
        },
        fail: async () => {
          drop();
          reject(new Error('fell over'));
          await turn();
        },
        settled: released,
      };
      this.out.push(one);
    });
  }

  hungry(target: string): void {
    this.hungryFor.push(target);
  }

  failed(error: unknown): void {
    this.errors.push(error);
  }

  /** Ends everything that is on its way. */
  async endAll(): Promise<void> {
    for (const one of [...this.out]) await one.end();
  }
}

const rowOf = (id: string) => ({ _id: id, event: `e-${id}`, target: 'tap' }) as DeliveryDoc;

const claimed = (id: string, until = START + LEASE_MS): Claimed => {
  const event = { _id: `e-${id}` } as EventDoc;
  return { id, token: 'token', until, row: rowOf(id), event };
};

const ids = (count: number, from = 0) => Array.from({ length: count }, (_u, i) => `d${from + i}`);

function lane(options: Partial<TargetOptions> = {}): { lane: Lane; world: World } {
  const target: Target = {
    id: 'tap',
    plugin: hookTarget as unknown as TargetPlugin,
    settings: {},
    options: { sockets: 2, ratePerSecond: null, test: false, orphanReversals: 'skip', ...options },
  };
  const world = new World();
  return { lane: new Lane(target, world), world };
}

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
  });

  it.each<[string, number, number, boolean]>([
    ['while it holds 256', 256, 0, true],
    ['not while it holds more', 257, 0, false],
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
    one.close(START + 5000);
    one.close(START + 2000);
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
    one.close(START + 5000);
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
