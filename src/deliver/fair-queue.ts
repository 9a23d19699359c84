/** What waits, by account: each account's first come first, and the accounts take turns. */
export class FairQueue<T> {
  private readonly queues = new Map<string, T[]>();
  /** Accounts with something waiting, the next one first. */
  private turns: string[] = [];
  private count = 0;

  get size(): number {
    return this.count;
  }

  sizeOf(account: string): number {
    return this.queues.get(account)?.length ?? 0;
  }

  /** Accounts with something waiting. */
  get accounts(): readonly string[] {
    return this.turns;
  }

  headOf(account: string): T | undefined {
    return this.queues.get(account)?.[0];
  }

  push(account: string, item: T): void {
    this.count += 1;
    const queue = this.queues.get(account);
    if (queue) queue.push(item);
    else {
      this.queues.set(account, [item]);
      this.turns.push(account);
    }
  }

  /** Before all others of its account. */
  unshift(account: string, items: readonly T[]): void {
    if (items.length === 0) return;
    this.count += items.length;
    const queue = this.queues.get(account);
    if (queue) queue.unshift(...items);
    else {
      this.queues.set(account, [...items]);
      this.turns.push(account);
    }
  }

  /** The first of the account whose turn it is; that account is last next time. */
  shift(): T | undefined {
    const account = this.turns[0];
    if (account === undefined) return undefined;
    const queue = this.queues.get(account);
    const first = queue?.shift();
    this.count -= 1;
    if (queue?.length === 0) this.drop(account);
    else if (this.turns.length > 1) this.rotate(account);
    return first;
  }

  /** Items from the head of one account while `fits`, at most `size`. The turns stay as they are. */
  takeRun(account: string, size: number, fits: (item: T) => boolean): readonly T[] {
    const queue = this.queues.get(account);
    if (!queue) return [];
    const end = queue.findIndex((item, i) => i >= size || !fits(item));
    const run = queue.splice(0, end < 0 ? queue.length : end);
    this.count -= run.length;
    if (queue.length === 0) this.drop(account);
    return run;
  }

  /** The account had its turn. */
  rotate(account: string): void {
    const at = this.turns.indexOf(account);
    if (at < 0) return;
    this.turns.splice(at, 1);
    this.turns.push(account);
  }

  /** Keeps what `stays`. */
  filter(stays: (item: T) => boolean): void {
    for (const [account, queue] of [...this.queues]) {
      const kept = queue.filter(stays);
      this.count -= queue.length - kept.length;
      if (kept.length > 0) this.queues.set(account, kept);
      else this.drop(account);
    }
  }

  /** Everything, in no order that matters. */
  *[Symbol.iterator](): Generator<T> {
    for (const queue of this.queues.values()) yield* queue;
  }

  clear(): void {
    this.queues.clear();
    this.turns = [];
    this.count = 0;
  }

  private drop(account: string): void {
    this.queues.delete(account);
    if (this.turns[0] === account) this.turns.shift();
    else this.turns = this.turns.filter((one) => one !== account);
  }
}
