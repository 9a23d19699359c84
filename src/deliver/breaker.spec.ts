import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { RedisStore } from '../platform/redis/redis-store.js';
import { SharedValues } from '../platform/redis/shared-values.js';
import { fakeClock, type FakeClock } from '../testing/fake-clock.js';
import { Breaker, stateKey } from './breaker.js';
import { BREAKER, type BreakerPhase } from './breaker-rules.js';
import type { Verdict } from './verdict.js';

describe('the breaker of a target on several replicas', () => {
  let stores: TestStores;
  let redis: RedisStore;
  let clock: FakeClock;
  let turns: string[];
  let target: string;
  let count = 0;

  beforeAll(async () => {
    stores = await startTestStores({ onlyRedis: true });
    redis = new RedisStore(stores.redisUrl, createLog('silent'));
    await untilReady(true);
  }, 60_000);

  afterAll(async () => {
    redis?.close();
    await stores?.stop();
  });

  beforeEach(() => {
    clock = fakeClock();
    turns = [];
    target = `t${(count += 1)}`;
  });

  async function untilReady(ready: boolean): Promise<void> {
    const end = Date.now() + 10_000;
    while (redis.ready !== ready) {
      if (Date.now() > end) throw new Error('Redis does not come round');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  const replica = (holder: string): Breaker =>
    new Breaker(target, {
      values: new SharedValues(redis),
      settings: BREAKER,
      holder,
      now: () => clock.now(),
      random: () => 0.5,
      turned: (_target, phase) => turns.push(`${holder} ${phase}`),
    });

  /** Whatever is on its way to Redis has come back: a command of ours was answered behind it. */
  const settled = async () => {
    for (let i = 0; i < 5; i += 1) await redis.client.ping();
  };

  const tell = async (breaker: Breaker, verdict: Verdict, times = 1) => {
    for (let i = 0; i < times; i += 1) breaker.record(verdict);
    await settled();
  };

  const phases = async (...all: Breaker[]): Promise<BreakerPhase[]> => {
    await Promise.all(all.map((one) => one.look()));
    return all.map((one) => one.phase);
  };

  /** The probe goes to whoever asks first: ask, wait for the answer, ask again. */
  const asks = async (breaker: Breaker) => {
    if (breaker.go()) return true;
    await settled();
    return breaker.go();
  };

  it('opens for all, tries once over all, closes for all', async () => {
    const [a, b] = [replica('a'), replica('b')];
    await tell(a, 'failed', 9);
    expect([a.go(), await phases(a, b)]).toEqual([true, ['closed', 'closed']]);
    await tell(a, 'failed');
    expect(await phases(a, b)).toEqual(['open', 'open']);
    expect([a.go(), b.go(), a.heldUntil, b.heldUntil]).toEqual([
      ...[false, false],
      ...[clock.now() + 30_000, clock.now() + 30_000],
    ]);
    clock.advance(29_999);
    expect([await asks(a), await asks(b)]).toEqual([false, false]);
    clock.advance(1);
    const went = await Promise.all([asks(a), asks(b)]);
    expect(went.filter(Boolean)).toHaveLength(1);
    const [first, second] = went[0] ? [a, b] : [b, a];
    expect([await asks(first), await asks(second)]).toEqual([false, false]);
    expect(second.heldUntil).toBe(clock.now() + BREAKER.probeMs);
    await tell(first, 'failed');
    expect(await phases(a, b)).toEqual(['open', 'open']);
    expect(first.heldUntil).toBe(clock.now() + 60_000);
    clock.advance(60_000);
    expect(await asks(second)).toBe(true);
    await tell(second, 'answered');
    expect(await phases(a, b)).toEqual(['closed', 'closed']);
    expect([a.go(), b.go(), a.go()]).toEqual([true, true, true]);
    const [one, other] = went[0] ? ['a', 'b'] : ['b', 'a'];
    expect(turns).toEqual([
      ...['a open', `${one} half-open`, `${one} open`],
      ...[`${other} half-open`, `${other} closed`],
    ]);
  });

  it('lets the next delivery be the probe when the first made no request', async () => {
    const a = replica('a');
    await tell(a, 'failed', 10);
    clock.advance(30_000);
    expect([await asks(a), a.go()]).toEqual([true, false]);
    await tell(a, 'no-contact');
    expect(a.go()).toBe(true);
    await tell(a, 'asked-to-wait');
    expect(a.phase).toBe('closed');
  });

  it('gives a probe up whose process has died', async () => {
    const [a, b] = [replica('a'), replica('b')];
    await tell(a, 'failed', 10);
    clock.advance(30_000);
    expect(await asks(a)).toBe(true);
    await b.look();
    clock.advance(BREAKER.probeMs - 1);
    expect(await asks(b)).toBe(false);
    clock.advance(1);
    expect(await asks(b)).toBe(true);
    await tell(a, 'answered');
    expect(b.phase).toBe('half-open');
  });

  it.each([
    ['lost', () => redis.client.del(stateKey(target))],
    ['malformed', () => redis.client.set(stateKey(target), 'open!')],
  ])('lets everything through when its state is %s', async (_name, spoil) => {
    const a = replica('a');
    await tell(a, 'failed', 10);
    expect(a.phase).toBe('open');
    await spoil();
    expect([await phases(a), a.go()]).toEqual([['closed'], true]);
    await tell(a, 'failed', 10);
    expect(await phases(a, replica('b'))).toEqual(['open', 'open']);
  });

  it('lets everything through while Redis is away, and works again when it is back', async () => {
    const a = replica('a');
    await tell(a, 'failed', 10);
    expect(a.phase).toBe('open');
    await stores.redis?.kill('SIGKILL');
    await untilReady(false);
    expect([await phases(a), a.go()]).toEqual([['closed'], true]);
    for (let i = 0; i < 30; i += 1) a.record('failed');
    expect([a.phase, a.go()]).toEqual(['closed', true]);
    await stores.redis?.restart();
    await untilReady(true);
    await a.look();
    await tell(a, 'failed', 30);
    expect((await phases(a, replica('b')))[1]).toBe('open');
  });

  it('tells the others what wait a partner named, and keeps nothing for ever', async () => {
    const [a, b] = [replica('a'), replica('b')];
    const gates: number[] = [];
    b.onChange = ({ gate }) => gates.push(gate);
    a.shut(clock.now() + 90_000);
    await settled();
    await b.look();
    expect([gates, b.phase]).toEqual([[clock.now() + 90_000], 'closed']);
    const kept = await redis.client.pttl(stateKey(target));
    expect(kept).toBeGreaterThan(90_000);
    expect(kept).toBeLessThanOrEqual(3_600_000 + 90_000 + BREAKER.rampMs);
  });
});
