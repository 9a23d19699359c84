import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Queue } from 'bull';
import { createLog } from '../platform/log/log.js';
import { REDIS_LIMIT_MS, type RedisStore } from '../platform/redis/redis-store.js';
import { DeliveryQueue, QUEUES, type DeliveryJob } from './queue.js';

type Add = (job: DeliveryJob, options: object) => Promise<unknown>;

/** As much of Bull as is used. */
class FakeQueue {
  readonly added: { job: DeliveryJob; options: object }[] = [];
  began = 0;
  add: Add = () => Promise.resolve();
  close = jest.fn(() => Promise.resolve());
  pause = jest.fn(() => Promise.resolve());
  readonly asBull = {
    on: () => this,
    add: (job: DeliveryJob, options: object) => {
      this.added.push({ job, options });
      return this.add(job, options);
    },
    close: () => this.close(),
    pause: () => this.pause(),
    process: () => {
      this.began += 1;
      return Promise.resolve();
    },
  } as unknown as Queue<DeliveryJob>;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const job = (more: Partial<DeliveryJob> = {}): DeliveryJob => ({
  target: 'tap',
  ids: ['d1', 'd2'],
  until: 30_000,
  at: 0,
  ...more,
});

describe('the queue', () => {
  let queues: FakeQueue[];
  let redis: { ready: boolean };
  let local: DeliveryJob[];
  let delivers: boolean;
  let queue: DeliveryQueue;
  let opened: Promise<void>;

  beforeEach(() => {
    queues = QUEUES.map(() => new FakeQueue());
    redis = { ready: true };
    local = [];
    delivers = true;
    const sink = { take: (one: DeliveryJob) => void local.push(one) };
    opened = Promise.resolve();
    queue = new DeliveryQueue({
      queues: queues.map((one) => one.asBull),
      redis: redis as RedisStore,
      local: () => (delivers ? sink : undefined),
      log: createLog('silent'),
      opened: () => opened,
    });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const added = () => queues.flatMap((one) => one.added);

  it('carries ids only, without retries of its own', async () => {
    queue.enqueue(job({ token: 't' }));
    await turn();
    expect(added()).toEqual([
      {
        job: { target: 'tap', ids: ['d1', 'd2'], until: 30_000, at: 0, token: 't' },
        options: { attempts: 1, removeOnComplete: true, removeOnFail: true },
      },
    ]);
    expect(local).toEqual([]);
  });

  it('sends all jobs of a target through one queue, and targets through all queues', () => {
    for (let i = 0; i < 5; i += 1) queue.enqueue(job());
    expect(queues.filter((one) => one.added.length > 0)).toHaveLength(1);
    for (let i = 0; i < 100; i += 1) queue.enqueue(job({ target: `t${i}` }));
    expect(queues.every((one) => one.added.length > 5)).toBe(true);
  });

  it('splits what is more than 512 ids, and loses none', () => {
    const ids = Array.from({ length: 1300 }, (_unused, i) => `d${i}`);
    queue.enqueue(job({ ids, token: 't' }));
    expect(added().map((one) => one.job.ids.length)).toEqual([512, 512, 276]);
    expect(added().flatMap((one) => one.job.ids)).toEqual(ids);
    expect(added().every((one) => one.job.token === 't')).toBe(true);
    queue.enqueue(job({ ids: [] }));
    expect(added()).toHaveLength(3);
  });

  it('hands over to the own lanes at once while Redis is away, token or not', () => {
    redis.ready = false;
    queue.enqueue(job({ token: 't' }));
    queue.enqueue(job());
    expect(local).toEqual([job({ token: 't' }), job()]);
    expect(added()).toEqual([]);
  });

  it('takes no job before MongoDB is open', async () => {
    let open = (): void => undefined;
    opened = new Promise((resolve) => {
      open = resolve;
    });
    const [first] = queues;
    void first?.asBull.process(() => undefined);
    await turn();
    expect(first?.began).toBe(0);
    open();
    await turn();
    expect(first?.began).toBe(1);
  });

  it('leaves it to the sweeper in a process that does not deliver', () => {
    redis.ready = false;
    delivers = false;
    expect(() => queue.enqueue(job())).not.toThrow();
    expect(local).toEqual([]);
  });

  describe('when it is not known whether Redis has the job', () => {
    const cases: [string, Add][] = [
      ['fails', () => Promise.reject(new Error('Connection is closed'))],
      ['never answers', () => new Promise(() => undefined)],
    ];

    it.each(cases)(
      'because it %s, hands unclaimed ids over and keeps claimed ones back',
      async (_name, add) => {
        jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
        for (const one of queues) one.add = add;
        queue.enqueue(job({ token: 't', ids: ['claimed'] }));
        queue.enqueue(job({ ids: ['free'] }));
        await jest.advanceTimersByTimeAsync(REDIS_LIMIT_MS + 1);
        await turn();
        // The job with the token may be read by another replica, too: sending it here would send it twice.
        expect(local.map((one) => one.ids)).toEqual([['free']]);
      },
    );
  });

  it('hands nothing over twice when the answer comes late', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const answers: ((value?: unknown) => void)[] = [];
    for (const one of queues) one.add = () => new Promise((resolve) => answers.push(resolve));
    queue.enqueue(job());
    await jest.advanceTimersByTimeAsync(REDIS_LIMIT_MS + 1);
    for (const answer of answers) answer();
    await turn();
    expect(local).toHaveLength(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is paused within a second, whatever Redis does', async () => {
    jest.useFakeTimers();
    for (const one of queues) one.pause.mockReturnValue(new Promise(() => undefined));
    let paused = false;
    const pausing = queue.pause().then(() => (paused = true));
    await jest.advanceTimersByTimeAsync(1001);
    await pausing;
    expect(paused).toBe(true);
    redis.ready = false;
    for (const one of queues) one.pause.mockClear();
    await queue.pause();
    expect(queues.every((one) => one.pause.mock.calls.length === 0)).toBe(true);
  });
});
