/** Offers are claimed ahead of the sockets up to so many; the accounts share them. */
const AHEAD_LIMIT = 256;

/** What a lane holds when it wants to claim offers of one account. */
export interface Holding {
  /** Accounts with something waiting in the lane. */
  readonly accounts: number;
  /** Claimed for this account and not sent. */
  readonly held: number;
  /** The same over all accounts. */
  readonly ready: number;
  /** Sockets that are not in use. */
  readonly sockets: number;
  /** Nothing keeps the lane from its target. */
  readonly free: boolean;
  /** The offers may be claimed before a socket is free: no crash behind them, and what is claimed goes out fast. */
  readonly early: boolean;
}

export interface Claimable {
  /** At most so many; 0 or less: none now. */
  readonly size: number;
  readonly ahead: boolean;
}

/** How many offers of one account may be claimed: its share ahead, the next when half of that is out. */
export function claimable({ accounts, held, ready, sockets, free, early }: Holding): Claimable {
  const share = Math.ceil(AHEAD_LIMIT / Math.max(1, accounts));
  if (early && free && held < share / 2) return { size: share - held, ahead: true };
  // Behind what other accounts have claimed it would wait for ever.
  const turn = free && held === 0 && ready > 0 ? 1 : 0;
  return { size: Math.max(sockets - ready, turn), ahead: false };
}
