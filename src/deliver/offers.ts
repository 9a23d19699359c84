import { FairQueue } from './fair-queue.js';

/** An id to claim; `wake` is the moment (epoch ms) that the claim must still find on the row. */
export interface Offer {
  readonly id: string;
  readonly account: string;
  wake: number;
  /** Not to be had ahead of a free socket: its row crashed a process before, or somebody else has it. */
  careful: boolean;
}

/** Ids that were offered to a lane and are not claimed yet, oldest of each account first. */
export class Offers {
  private readonly queue = new FairQueue<Offer>();
  private readonly byId = new Map<string, Offer>();

  get size(): number {
    return this.queue.size;
  }

  /** Accounts with offers, the one whose turn it is first. */
  get accounts(): readonly string[] {
    return this.queue.accounts;
  }

  headOf(account: string): Offer | undefined {
    return this.queue.headOf(account);
  }

  add(id: string, account: string, wake: number): void {
    const offer = { id, account, wake, careful: false };
    this.byId.set(id, offer);
    this.queue.push(account, offer);
  }

  /** Offered anew while it still waits here: only the latest moment can be claimed. */
  renew(id: string, wake: number): void {
    const known = this.byId.get(id);
    if (known) known.wake = wake;
  }

  /** The longest run of an account from its head with one moment and one care, at most `size`: one claim can take it. */
  takeRun(account: string, size: number): readonly Offer[] {
    const head = this.queue.headOf(account);
    if (head === undefined || size < 1) return [];
    const run = this.queue.takeRun(
      account,
      size,
      (one) => one.wake === head.wake && one.careful === head.careful,
    );
    this.queue.rotate(account);
    for (const { id } of run) this.byId.delete(id);
    return run;
  }

  /** What was not to be had ahead is tried once more, one free socket each. */
  putAside(left: readonly Offer[]): void {
    const [first] = left;
    if (!first) return;
    for (const one of left) {
      one.careful = true;
      this.byId.set(one.id, one);
    }
    this.queue.unshift(first.account, left);
  }

  /** Forgets everything; returns the ids. */
  clear(): readonly string[] {
    const ids = [...this.byId.keys()];
    this.queue.clear();
    this.byId.clear();
    return ids;
  }
}
