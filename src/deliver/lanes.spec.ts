import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Configuration, type Target } from '../accounts/index.js';
import type { TargetPlugin } from '../contract/index.js';
import type { DeliveryDoc, EventDoc } from '../ledger/documents.js';
import { createLog } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import type { Settlement, Settler } from '../settle/settler.js';
import type { TargetStates } from '../settle/target-states.js';
import type { Transition } from '../settle/transition.js';
import { fakeClock, type FakeClock } from '../testing/fake-clock.js';
import { hookTarget } from '../../test/journey/toys.js';
import type { Attempts } from './attempt.js';
import type { Claimed, Claims } from './claims.js';
import type { HeldChildren } from './held-children.js';
import { Breakers } from './breakers.js';
import { Lanes } from './lanes.js';
import { RecentDeliveries } from './recent.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

const target = (id: string, sockets = 1): Target => ({
  id,
  plugin: hookTarget as unknown as TargetPlugin,
  settings: {},
  options: { sockets, ratePerSecond: null, test: false, orphanReversals: 'skip' },
});

const contentOf = (targets: readonly Target[]) =>
  new Configuration({
    accounts: [],
    targets,
    routes: [],
    offers: [],
    programmes: [],
    plugins: [],
    referenced: [],
    warnings: [],
  });

const row = (id: string): DeliveryDoc =>
  ({ _id: id, event: `e-${id}`, target: 'tap', token: 't', attempts: 0 }) as DeliveryDoc;
const eventOf = (id: string) => ({ _id: `e-${id}` }) as EventDoc;

const nothing = () => Promise.resolve(undefined);
const AWAY = { read: nothing, swap: nothing, reserve: nothing };

const DELIVERED: Transition = {
  set: { state: 'delivered' },
  unset: [],
  attempts: 1,
  final: true,
};

describe('the lanes', () => {
  let clock: FakeClock;
  let paused: Set<string>;
  let transition: Transition | undefined;
  let pushed: Settlement[];
  let loaded: string[];
  let back: string[];
  let declined: string[];
  let configuration: Configuration;
  let sentTo: object[];
  let woken: string[];
  let children: [string, string][];
  let looked: number[];
  let ran: string[];
  let lanes: Lanes;
  let closed: string[];
  const flush = jest.fn(() => Promise.resolve());

  beforeEach(() => {
    clock = fakeClock();
    paused = new Set();
    transition = DELIVERED;
    [pushed, loaded, back, woken, children, ran, closed] = [[], [], [], [], [], [], []];
    looked = [];
    [declined, sentTo] = [[], []];
    configuration = contentOf([target('tap'), target('tune')]);
    flush.mockClear();
    const claims = {
      load: (batch: readonly Claimed[]) => {
        for (const claim of batch) {
          loaded.push(claim.id);
          claim.row = row(claim.id);
        }
        return Promise.resolve();
      },
      decline: (ids: readonly string[], wake: number) => {
        declined.push(...ids.map((id) => `${id}@${wake}`));
        return Promise.resolve();
      },
      giveBackOwed: () => Promise.resolve(),
      giveBack: (batch: readonly Claimed[]) => {
        back.push(...batch.map((claim) => claim.id));
        return Promise.resolve();
      },
      take: () => Promise.resolve([]),
    };
    const states = {
      paused: (id: string) => paused.has(id),
      pausedMs: () => 7,
      pause: (id: string) => {
        paused.add(id);
        return Promise.resolve(true);
      },
    };
    lanes = new Lanes({
      configuration,
      claims: claims as unknown as Claims,
      attempts: {
        run: (claim: Claimed, to: Target) => {
          ran.push(claim.id);
          sentTo.push(to.settings);
          return Promise.resolve(transition && { transition });
        },
      } as unknown as Attempts,
      settler: { push: (one: Settlement) => pushed.push(one), flush } as unknown as Settler,
      states: states as unknown as TargetStates,
      recent: new RecentDeliveries(4000, () => clock.now()),
      children: {
        wake: (parent: string) => woken.push(parent),
        add: (parent: string, child: string) => children.push([parent, child]),
        look: (now: number) => Promise.resolve(looked.push(now)),
      } as unknown as HeldChildren,
      clock,
      skewMs: () => 0,
      breakers: new Breakers(AWAY, new Metrics(), createLog('silent')),
      metrics: new Metrics(),
      log: createLog('silent'),
      pool: (id) => ({
        send: () => Promise.reject(new Error('not in this test')),
        close: () => {
          closed.push(id);
          return Promise.resolve();
        },
      }),
    });
  });

  const take = async (...ids: string[]) => {
    lanes.take({ target: 'tap', ids, token: 't', until: clock.now() + 30_000, at: clock.now() });
    await turn();
  };

  const remember = (id: string, token = 't') =>
    lanes.remember({
      rows: [{ ...row(id), token }],
      events: new Map([[`e-${id}`, eventOf(id)]]),
      newEvents: [],
      drafts: [],
      token,
      until: clock.now() + 30_000,
    });

  it('let rows be born claimed where somebody will send them at once', () => {
    expect([lanes.mayClaim('tap'), lanes.mayClaim('nobody')]).toEqual([true, false]);
    paused.add('tap');
    expect([lanes.mayClaim('tap'), lanes.mayClaim('tune')]).toEqual([false, true]);
    expect([lanes.room('tap'), lanes.room('tune')]).toEqual([0, 2000]);
    paused.clear();
    lanes.delivers = false;
    expect(lanes.mayClaim('tap')).toBe(false);
  });

  it('send what this process committed without reading it back', async () => {
    remember('a');
    await take('a', 'b');
    expect(loaded).toEqual(['a', 'b']);
    remember('c');
    loaded = [];
    pushed[0]?.done();
    await take('c');
    expect([loaded, ran.includes('c')]).toEqual([[], true]);
  });

  it('forget what another replica has sent long ago', async () => {
    remember('a');
    clock.advance(5000);
    await lanes.tend();
    await take('a');
    expect(loaded).toEqual(['a']);
  });

  it('keep nothing in the memory of a process that does not deliver', async () => {
    lanes.delivers = false;
    remember('a');
    lanes.delivers = true;
    await take('a');
    expect(loaded).toEqual(['a']);
  });

  it('never trust a memory of another claim', async () => {
    remember('a', 'older');
    await take('a');
    expect(loaded).toEqual(['a']);
  });

  it('keep an id until its outcome is durable; the socket is free before', async () => {
    await take('a', 'b');
    expect(ran).toEqual(['a', 'b']);
    expect(pushed.map((one) => [one.row._id, one.token])).toEqual([
      ['a', 't'],
      ['b', 't'],
    ]);
    await take('a');
    expect(ran).toEqual(['a', 'b']);
    pushed[0]?.done();
    await take('a');
    expect(ran).toEqual(['a', 'b', 'a']);
  });

  it('wake what waited for a delivery once that is final, and note who waits for whom', async () => {
    await take('sale');
    expect(woken).toEqual([]);
    pushed[0]?.done();
    expect(woken).toEqual(['sale']);
    transition = {
      set: { state: 'held', parent: 'sale' },
      unset: [],
      attempts: 0,
      final: false,
    };
    await take('refund');
    pushed[1]?.done();
    expect([children, woken]).toEqual([[['sale', 'refund']], ['sale']]);
    await lanes.tend();
    expect(looked).toEqual([clock.now()]);
  });

  it('pause a target that is misconfigured, and give back what waits for it', async () => {
    transition = { set: { state: 'due' }, unset: [], attempts: 0, final: false, pause: 'operator' };
    await take('a', 'b', 'c');
    expect([paused.has('tap'), ran]).toEqual([true, ['a']]);
    expect(back.toSorted()).toEqual(['b', 'c']);
    expect(pushed.map((one) => one.row._id)).toEqual(['a']);
  });

  it('give back what reaches a target that was paused meanwhile', async () => {
    paused.add('tap');
    await take('a');
    expect([ran, back]).toEqual([[], ['a']]);
  });

  it('leave the whole target alone when the partner asked for that', async () => {
    const gateUntil = clock.now() + 90_000;
    transition = { set: { state: 'retry' }, unset: [], attempts: 1, final: false, gateUntil };
    await take('a', 'b');
    expect(ran).toEqual(['a']);
    expect([lanes.mayClaim('tap'), lanes.mayClaim('tune')]).toEqual([false, true]);
    await lanes.stop();
    expect(back).toEqual(['b']);
  });

  it('forget a claim that came to nothing', async () => {
    transition = undefined;
    await take('a');
    await take('a');
    expect([ran, pushed]).toEqual([['a', 'a'], []]);
  });

  it('hand back jobs for a target that is not configured here, or paused: another replica may know more', async () => {
    lanes.take({ target: 'gone', ids: ['a'], until: 7, at: clock.now() });
    lanes.take({ target: 'gone', ids: ['b'], token: 't', until: 7, at: clock.now() });
    paused.add('tap');
    lanes.take({ target: 'tap', ids: ['c'], until: 8, at: clock.now() });
    await turn();
    expect([ran, lanes.room('gone'), back, declined]).toEqual([[], 0, ['b'], ['a@7', 'c@8']]);
  });

  describe('when the configuration changes', () => {
    const adopt = (...targets: Target[]) =>
      configuration.adopt(contentOf(targets), configuration.version + 1);

    it('send with the new settings and sockets, and close the old sockets in the end', async () => {
      await take('a');
      adopt({ ...target('tap', 2), settings: { url: 'new' } }, target('tune'));
      await take('b');
      expect([ran, sentTo, closed]).toEqual([['a', 'b'], [{}, { url: 'new' }], []]);
      await lanes.stop();
      expect(closed).toEqual(['tap', 'tap']);
    });

    it('keep lane and sockets where the target is the same', async () => {
      await take('a');
      adopt({ ...target('tap'), settings: { url: 'new' } }, target('tune'));
      await take('b');
      await lanes.stop();
      expect([sentTo, closed]).toEqual([[{}, { url: 'new' }], ['tap']]);
    });

    it('give back what waits for a target that is gone, and take it up again when it returns', async () => {
      await take('a');
      adopt(target('tune'));
      await take('b');
      expect([ran, back, lanes.mayClaim('tap')]).toEqual([['a'], ['b'], false]);
      expect(closed).toEqual(['tap']);
      adopt(target('tap'), target('tune'));
      await take('c');
      expect([ran, lanes.mayClaim('tap')]).toEqual([['a', 'c'], true]);
    });
  });

  it('settle and close everything when they stop', async () => {
    await take('a');
    await lanes.stop();
    expect([flush.mock.calls.length, closed]).toEqual([1, ['tap']]);
    expect([lanes.room('tap'), lanes.load]).toEqual([0, 0]);
  });
});
