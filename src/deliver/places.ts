/** A lane holds at most so many ids; the rest waits in MongoDB. */
export const LANE_SIZE = 2000;
/** Beyond that an account may still hold so many: another's flood takes all places but these. */
export const RESERVED = 64;

/** Ids that a lane holds, wherever they stand in it, and whose they are. */
export class Places {
  private readonly owners = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  get size(): number {
    return this.owners.size;
  }

  has(id: string): boolean {
    return this.owners.has(id);
  }

  /** There is room for one more of this account. */
  roomFor(account: string): boolean {
    return this.owners.size < LANE_SIZE || (this.counts.get(account) ?? 0) < RESERVED;
  }

  add(id: string, account: string): void {
    if (this.owners.has(id)) return;
    this.owners.set(id, account);
    this.counts.set(account, (this.counts.get(account) ?? 0) + 1);
  }

  delete(id: string): void {
    const account = this.owners.get(id);
    if (account === undefined) return;
    this.owners.delete(id);
    const left = (this.counts.get(account) ?? 1) - 1;
    if (left > 0) this.counts.set(account, left);
    else this.counts.delete(account);
  }

  /** Accounts that hold at least so many. */
  withAtLeast(count: number): readonly string[] {
    return [...this.counts].flatMap(([account, held]) => (held >= count ? [account] : []));
  }
}
