/** An id to claim; `wake` is the moment (epoch ms) that the claim must still find on the row. */
export interface Offer {
  readonly id: string;
  wake: number;
  /** Not to be had ahead of a free socket: its row crashed a process before, or somebody else has it. */
  careful: boolean;
}

/** Ids that were offered to a lane and are not claimed yet, oldest first. */
export class Offers {
  private list: Offer[] = [];
  private readonly byId = new Map<string, Offer>();

  get size(): number {
    return this.list.length;
  }

  get head(): Offer | undefined {
    return this.list[0];
  }

  add(id: string, wake: number): void {
    const offer = { id, wake, careful: false };
    this.byId.set(id, offer);
    this.list.push(offer);
  }

  /** Offered anew while it still waits here: only the latest moment can be claimed. */
  renew(id: string, wake: number): void {
    const known = this.byId.get(id);
    if (known) known.wake = wake;
  }

  /** The longest run from the head with one moment and one care, at most `size`: one claim can take it. */
  takeRun(size: number): readonly Offer[] {
    const { head } = this;
    if (head === undefined) return [];
    const end = this.list.findIndex(
      (one, i) => one.wake !== head.wake || one.careful !== head.careful || i >= size,
    );
    const run = this.list.splice(0, end < 0 ? this.list.length : end);
    for (const { id } of run) this.byId.delete(id);
    return run;
  }

  /** What was not to be had ahead is tried once more, one free socket each. */
  putAside(left: readonly Offer[]): void {
    for (const one of left) {
      one.careful = true;
      this.byId.set(one.id, one);
    }
    this.list.unshift(...left);
  }

  /** Forgets everything; returns the ids. */
  clear(): readonly string[] {
    const ids = this.list.map((one) => one.id);
    this.list = [];
    this.byId.clear();
    return ids;
  }
}
