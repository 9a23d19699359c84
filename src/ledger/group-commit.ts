import { StoreAwayError } from '../platform/mongo/mongo-store.js';

/** More requests than this wait: the door answers 503 with Retry-After. */
export class BufferFullError extends Error {
  readonly code = 'WB_STORE_BUSY';

  constructor() {
    super('too many writes wait for MongoDB');
  }
}

interface Waiting<Q, R> {
  readonly request: Q;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupCommitOptions {
  /** At most this many requests share a flush. */
  readonly groupSize: number;
  /** At most this many wait; the next one is refused. */
  readonly bufferSize: number;
}

/**
 * Requests that arrive while a flush is on its way share the next one. One flush at a time and no timer: a lingering
 * timer makes both latency and throughput worse (measured: 10,330/s against 16,420/s). The promise of a request settles
 * only when its flush has.
 */
export class GroupCommit<Q, R> {
  private waiting: Waiting<Q, R>[] = [];
  private running: Promise<void> | undefined;

  constructor(
    private readonly flush: (group: readonly Q[]) => Promise<readonly (R | Error)[]>,
    private readonly options: GroupCommitOptions = { groupSize: 512, bufferSize: 4096 },
  ) {}

  /** Requests that wait for the next flush. */
  get depth(): number {
    return this.waiting.length;
  }

  /** Resolves with the request's own result. Rejects with `BufferFullError`, or with what the flush says. */
  push(request: Q): Promise<R> {
    if (this.waiting.length >= this.options.bufferSize)
      return Promise.reject(new BufferFullError());
    return new Promise<R>((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves when nothing waits and nothing is on its way. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    // Everything that arrives in the same tick belongs to the first group.
    await Promise.resolve();
    while (this.waiting.length > 0)
      await this.runOne(this.waiting.splice(0, this.options.groupSize));
    this.running = undefined;
  }

  private async runOne(group: readonly Waiting<Q, R>[]): Promise<void> {
    try {
      const results = await this.flush(group.map((one) => one.request));
      group.forEach((one, i) => {
        const result = results[i];
        if (result === undefined || result instanceof Error)
          one.reject(result ?? new StoreAwayError());
        else one.resolve(result);
      });
    } catch (error) {
      for (const one of group) one.reject(error);
    }
  }
}
