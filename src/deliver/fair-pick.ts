import type { DeliveryDoc } from '../ledger/documents.js';
import type { LedgerStore } from '../ledger/store.js';

/** What the sweeper looks at. */
export type Seen = Pick<
  DeliveryDoc,
  | '_id'
  | 'account'
  | 'state'
  | 'crashes'
  | 'token'
  | 'begun'
  | 'sentAt'
  | 'at'
  | 'pausedMs'
  | 'reason'
> &
  Partial<Pick<DeliveryDoc, 'wakeAt'>>;

export const SEEN = {
  account: 1,
  state: 1,
  crashes: 1,
  token: 1,
  begun: 1,
  sentAt: 1,
  at: 1,
  pausedMs: 1,
  reason: 1,
  wakeAt: 1,
} as const;

/** Rows of accounts other than the crowd, in one tick. */
export const OTHERS = 50;
/** Who the crowd is, is found out anew after this (milliseconds). */
const MEMORY_MS = 60_000;
/** Rows are written with moments of several clocks: the search begins so far before where the last one ended. */
const OVERLAP_MS = 5000;
const LIMIT_MS = 500;
const MAX_TIME_EXPIRED = 50;

interface View {
  readonly since: number;
  readonly crowd: Set<string>;
  /** No row of another account is due before this (epoch ms). */
  cursor: number;
}

/**
 * Finds what is due for the accounts that do not flood a target: the backlog of one account must not hide the row of
 * another behind it. Uses the index that the sweeper uses, and within a minute looks at each part of the backlog once.
 */
export class FairPick {
  private readonly views = new Map<string, View>();

  constructor(private readonly store: () => LedgerStore['deliveries']) {}

  /** Due rows of accounts outside of `crowd`, oldest first. Gives up after half a second; the plain order is served anyway. */
  async others(target: string, crowd: readonly string[], now: number): Promise<readonly Seen[]> {
    const view = this.viewOf(target, now);
    for (const account of crowd) view.crowd.add(account);
    if (view.crowd.size === 0) return [];
    const rows = await this.find(target, view, now);
    const last = rows.at(-1)?.wakeAt?.getTime();
    const found = rows.length >= OTHERS && last !== undefined ? last - 1 : now - OVERLAP_MS;
    view.cursor = Math.max(view.cursor, found);
    return rows;
  }

  private viewOf(target: string, now: number): View {
    const known = this.views.get(target);
    if (known && now - known.since < MEMORY_MS) return known;
    const fresh: View = { since: now, crowd: new Set(), cursor: 0 };
    this.views.set(target, fresh);
    return fresh;
  }

  private async find(target: string, view: View, now: number): Promise<readonly Seen[]> {
    try {
      return await this.store()
        .find(
          {
            target,
            wakeAt: { $gt: new Date(view.cursor), $lte: new Date(now) },
            account: { $nin: [...view.crowd] },
          },
          { projection: SEEN },
        )
        .sort({ wakeAt: 1 })
        .limit(OTHERS)
        .maxTimeMS(LIMIT_MS)
        .toArray();
    } catch (error) {
      if ((error as { code?: unknown }).code === MAX_TIME_EXPIRED) return [];
      throw error;
    }
  }
}

/** Rows by account, in the order in which they were given. */
export function byAccount(rows: readonly Seen[]): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { _id, account } of rows) {
    const ids = groups.get(account);
    if (ids) ids.push(_id);
    else groups.set(account, [_id]);
  }
  return groups;
}

/** Accounts that have more than their share of what was seen. */
export const crowdOf = (rows: readonly Seen[]): readonly string[] =>
  [...byAccount(rows)].flatMap(([account, ids]) => (ids.length > OTHERS ? [account] : []));
