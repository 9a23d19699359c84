import { setTimeout } from 'node:timers/promises';
import type { Queue } from 'bull';
import type { Log } from '../platform/log/log.js';
import { REDIS_LIMIT_MS, type RedisStore } from '../platform/redis/redis-store.js';
import { within } from '../platform/clock/within.js';

/**
 * What a job carries: ids, never a payload or a secret. With a token the rows were born claimed and may be sent until
 * `until`; without one `until` is the moment (epoch ms) that a claim must still find on the rows.
 */
export interface DeliveryJob {
  readonly target: string;
  readonly ids: readonly string[];
  /** Whose rows they are: the accounts take turns in the lane. */
  readonly account?: string;
  readonly token?: string;
  readonly until: number;
  /** When the rows were committed or swept, epoch ms. */
  readonly at: number;
}

/** Where jobs end: the lanes of this process. */
export interface JobSink {
  take(job: DeliveryJob): void;
}

export const QUEUES = ['deliver-0', 'deliver-1', 'deliver-2', 'deliver-3'] as const;
const MAX_IDS = 512;

/** FNV-1a: all jobs of a target go through one queue. */
function queueOf(target: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < target.length; i += 1)
    hash = Math.imul(hash ^ target.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % QUEUES.length;
}

export interface DeliveryQueueParts {
  readonly queues: readonly Queue<DeliveryJob>[];
  readonly redis: RedisStore;
  /** The lanes of this process; undefined when it does not deliver. */
  readonly local: () => JobSink | undefined;
  readonly log: Log;
  /** A job could not be handed to Redis. */
  readonly onTrouble?: () => void;
  readonly fault?: (name: 'after-enqueue') => void;
  /** No job is taken before this resolves: without MongoDB its rows could not be claimed, and the job would be gone. */
  readonly opened?: () => Promise<void>;
}

/**
 * The alarm clock, behind one small door so that another queue library stays a small change. Every delivery goes through
 * Bull; while Redis is away the jobs go straight to this process's lanes, and MongoDB remembers everything in any case.
 */
export class DeliveryQueue {
  constructor(private readonly parts: DeliveryQueueParts) {
    for (const queue of parts.queues) {
      queue.on('error', () => undefined);
      // Bull begins to process only once Redis was there. When the process ends before that, the promise that nobody
      // keeps is refused, and an unhandled refusal would end a clean stop with a crash.
      const begin = queue.process.bind(queue) as (...args: unknown[]) => Promise<void>;
      Object.assign(queue, {
        process: (...args: unknown[]) =>
          (parts.opened?.() ?? Promise.resolve()).then(() => begin(...args)).catch(() => undefined),
        // Nest closes every queue on shutdown; without Redis that would wait for ever.
        onApplicationShutdown: () => within(1000, quietly(queue.close(true)), nothing),
      });
    }
  }

  /**
   * Waits until Redis holds no job that was added before now, at most `ms` milliseconds: rows that this process bore
   * claimed must reach a lane, here or on another replica, before this one stops taking jobs.
   */
  async runDry(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (this.parts.redis.ready && Date.now() < end) {
      const counting = this.parts.queues.map((queue) => queue.getWaitingCount().catch(() => 0));
      const counts = await within(ms, Promise.all(counting), () => []);
      if (counts.every((count) => count === 0)) return;
      await setTimeout(20);
    }
  }

  /** Takes no more jobs in this process; resolves when those that were taken have reached their lane. */
  async pause(): Promise<void> {
    if (!this.parts.redis.ready) return;
    await Promise.all(
      this.parts.queues.map((queue) => within(1000, quietly(queue.pause(true, false)), nothing)),
    );
  }

  /** Never throws and is never awaited by an answer. */
  enqueue(job: DeliveryJob): void {
    for (let i = 0; i < job.ids.length; i += MAX_IDS) {
      void this.add(
        job.ids.length <= MAX_IDS ? job : { ...job, ids: job.ids.slice(i, i + MAX_IDS) },
      );
    }
  }

  private async add(job: DeliveryJob): Promise<void> {
    const queue = this.parts.queues[queueOf(job.target)];
    // Not even attempted: no other replica can hold this job, so the claim may be used here.
    if (!queue || !this.parts.redis.ready) return this.parts.local()?.take(job);
    const added = queue.add(job, { attempts: 1, removeOnComplete: true, removeOnFail: true });
    try {
      await within(REDIS_LIMIT_MS, added, () => {
        throw new Error('no answer within the limit');
      });
      this.parts.fault?.('after-enqueue');
    } catch (error) {
      this.parts.onTrouble?.();
      this.parts.log.debug(
        { err: error instanceof Error ? error.message : 'unknown' },
        'Redis did not take a job',
      );
      // It may be in Redis after all. Unclaimed ids are safe anywhere; claimed ones wait for the end of their lease.
      if (job.token === undefined) this.parts.local()?.take(job);
    }
  }
}

const nothing = (): void => undefined;

/** Something of Bull's that may fail: nobody wants to know. */
const quietly = (work: Promise<unknown>): Promise<void> => work.then(nothing, nothing);
