const GROUP = 512;

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Requests that arrive while a flush is on its way share the next one; no timer, one flush at a time. */
export class GroupCommit<T> {
  private readonly waiting: Waiting<T>[] = [];
  private flushing = false;

  constructor(private readonly flush: (group: readonly T[]) => Promise<void>) {}

  /** Resolves when the item is durable; rejects with the error of its group. */
  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.flushing) void this.flushAll();
    });
  }

  private async flushAll(): Promise<void> {
    this.flushing = true;
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, GROUP);
      try {
        await this.flush(group.map(({ item }) => item));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.flushing = false;
  }
}
