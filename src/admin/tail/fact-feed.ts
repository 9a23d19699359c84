import type { DeliveryDoc, EventDoc, ReceiptDoc } from '../../ledger/documents.js';
import { isOpen } from '../../ledger/documents.js';
import type { LedgerStore } from '../../ledger/store.js';
import { timeIdFloor } from '../../platform/ids/ids.js';

export const TAIL_KINDS = ['receipts', 'events', 'deliveries'] as const;
export type TailKind = (typeof TAIL_KINDS)[number];

export type Fact =
  | { readonly kind: 'receipts'; readonly at: number; readonly doc: ReceiptDoc }
  | { readonly kind: 'events'; readonly at: number; readonly doc: EventDoc }
  | { readonly kind: 'deliveries'; readonly at: number; readonly doc: DeliveryDoc };

export interface FeedFilter {
  readonly account?: string | undefined;
  readonly target?: string | undefined;
}

/** Rows carry the time of their arrival, and are there a moment later: how far back every look goes (milliseconds). */
export const OVERLAP_MS = 5000;
/** Some are there much later: a replica whose MongoDB was away, an event that was looked up. Every so many looks. */
const DEEP_MS = 30_000;
const DEEP_EVERY = 10;
/** A look at what is new never claims to have seen the last moment whole. */
const MARGIN_MS = 1000;
/** Rows of one look. */
const MOST = 500;
const MOST_LATE = 5000;
/** Open deliveries whose end is waited for. */
const MOST_WATCHED = 1000;
const MAX_TIME_MS = 3000;

const SHOWN = { raw: 0, payload: 0, headers: 0, log: 0, steps: 0 } as const;

/** What every kind of row has. */
interface Row {
  readonly _id: string;
  readonly at: Date;
  readonly state?: string;
}

interface Seen {
  readonly at: number;
  readonly state: string | undefined;
}

/** One kind of fact as it comes into MongoDB, by whichever replica; a delivery again whenever its state is another. */
class KindFeed {
  private readonly seen = new Map<string, Seen>();

  constructor(
    private readonly store: LedgerStore,
    readonly kind: TailKind,
    private readonly filter: Readonly<Record<string, unknown>>,
    /** Everything up to here was looked at; epoch ms. */
    public upTo: number,
  ) {}

  private get rows() {
    return this.store.mongo.db.collection<Row & { _id: string }>(this.kind);
  }

  /** By arrival, in the index that each has. */
  private between(from: number, to: number | undefined): object {
    if (this.kind === 'receipts') {
      const end = to === undefined ? {} : { $lt: timeIdFloor(to + 1) };
      return { ...this.filter, _id: { $gte: timeIdFloor(from), ...end } };
    }
    const end = to === undefined ? {} : { $lte: new Date(to) };
    return { ...this.filter, at: { $gte: new Date(from), ...end } };
  }

  private order(way: 1 | -1): Record<string, 1 | -1> {
    return this.kind === 'receipts' ? { _id: way } : { at: way };
  }

  /** Ids and states of a stretch of time that are not known as they are now. */
  private async unseen(from: number, to: number): Promise<readonly string[]> {
    const projection = { _id: 1, at: 1, ...(this.kind === 'deliveries' ? { state: 1 } : {}) };
    const found = await this.rows
      .find(this.between(from, to), { projection })
      .sort(this.order(-1))
      .limit(MOST_LATE)
      .maxTimeMS(MAX_TIME_MS)
      .toArray();
    return found.filter((row) => this.isNews(row)).map(({ _id }) => _id);
  }

  private isNews({ _id, state }: Pick<Row, '_id' | 'state'>): boolean {
    const known = this.seen.get(_id);
    return known === undefined || (this.kind === 'deliveries' && known.state !== state);
  }

  /** Open deliveries that are older than a look goes back, and are not as they were. */
  private async changed(before: number): Promise<readonly string[]> {
    if (this.kind !== 'deliveries') return [];
    const watched = [...this.seen].filter(([, { at }]) => at < before).map(([id]) => id);
    if (watched.length === 0) return [];
    const found = await this.rows
      .find({ _id: { $in: watched } }, { projection: { state: 1 } })
      .maxTimeMS(MAX_TIME_MS)
      .toArray();
    return found.filter((row) => this.isNews(row)).map(({ _id }) => _id);
  }

  /** What was there before somebody listened is not told. */
  async skip(): Promise<void> {
    const from = this.upTo - DEEP_MS;
    const projection = { _id: 1, at: 1, state: 1 };
    const found = await this.rows
      .find(this.between(from, undefined), { projection })
      .sort(this.order(-1))
      .limit(MOST_LATE)
      .maxTimeMS(MAX_TIME_MS)
      .toArray();
    for (const row of found) this.remember(row);
  }

  async next(now: number, deep: boolean): Promise<readonly Row[]> {
    const from = this.upTo - (deep ? DEEP_MS : OVERLAP_MS);
    const [late, changed] = [await this.unseen(from, this.upTo), await this.changed(from)];
    const fresh = await this.rows
      .find(this.between(this.upTo + 1, undefined), { projection: SHOWN })
      .sort(this.order(1))
      .limit(MOST)
      .maxTimeMS(MAX_TIME_MS)
      .toArray();
    const ids = [...new Set([...late, ...changed])].slice(0, MOST);
    const others =
      ids.length === 0
        ? []
        : await this.rows
            .find({ _id: { $in: ids } }, { projection: SHOWN })
            .maxTimeMS(MAX_TIME_MS)
            .toArray();
    const news = [...others, ...fresh].filter((row) => this.isNews(row));
    for (const row of news) this.remember(row);
    const last = fresh.at(-1)?.at.getTime() ?? 0;
    this.upTo = fresh.length === MOST ? last : Math.max(this.upTo, last, now - MARGIN_MS);
    this.forget();
    return news;
  }

  private remember({ _id, at, state }: Row): void {
    this.seen.delete(_id);
    this.seen.set(_id, { at: at.getTime(), state });
  }

  private forget(): void {
    const before = this.upTo - DEEP_MS;
    const old = [...this.seen].filter(([, { at }]) => at < before);
    const watched = old.filter(([, { state }]) => state !== undefined && isOpen(state));
    const kept = new Set(watched.slice(-MOST_WATCHED).map(([id]) => id));
    for (const [id] of old) if (this.kind !== 'deliveries' || !kept.has(id)) this.seen.delete(id);
  }
}

const filterOf = (kind: TailKind, { account, target }: FeedFilter): Record<string, unknown> => {
  const own =
    account === undefined ? {} : { [kind === 'events' ? 'source.account' : 'account']: account };
  if (target === undefined) return own;
  return { ...own, [kind === 'events' ? 'plan.target' : 'target']: target };
};

/**
 * New facts of the ledger, whichever replica wrote them: MongoDB is asked again and again, with an overlap. Told at least
 * once: whoever goes on from a moment hears the last seconds before it again.
 */
export class FactFeed {
  private readonly feeds: readonly KindFeed[];
  private looks = 0;

  /** `from`: epoch ms. */
  constructor(store: LedgerStore, kinds: readonly TailKind[], filter: FeedFilter, from: number) {
    this.feeds = kinds.map((kind) => new KindFeed(store, kind, filterOf(kind, filter), from));
  }

  /** From where to go on after a break, epoch ms. */
  get place(): number {
    return Math.min(...this.feeds.map(({ upTo }) => upTo));
  }

  async skip(): Promise<void> {
    await Promise.all(this.feeds.map((feed) => feed.skip()));
  }

  /** What is new since the last look, oldest first. `now`: epoch ms. */
  async next(now: number): Promise<readonly Fact[]> {
    this.looks += 1;
    const deep = this.looks % DEEP_EVERY === 0;
    const found = await Promise.all(
      this.feeds.map(async (feed) =>
        (await feed.next(now, deep)).map(
          (doc) => ({ kind: feed.kind, at: doc.at.getTime(), doc }) as unknown as Fact,
        ),
      ),
    );
    return found.flat().sort((a, b) => a.at - b.at);
  }
}
