import { createHash } from 'node:crypto';
import type { Clock } from '../../platform/clock/clock.js';
import type { MongoStore } from '../../platform/mongo/mongo-store.js';

/** One row of the audit log. Only appended; each holds the hash of the one before it. */
export interface AuditDoc {
  /** 1, 2, 3 … without a gap. */
  _id: number;
  at: Date;
  who: { id: string; name: string };
  /** Network address; '' for what the gateway did by itself. */
  caller: string;
  deed: string;
  /** JSON: kept as the text that was hashed. */
  what: string;
  /** Names a fact that has one row at most. */
  fact?: string;
  prev: string;
  hash: string;
}

export interface Deed {
  readonly who: { readonly id: string; readonly name: string };
  readonly caller: string;
  readonly deed: string;
  readonly what: Readonly<Record<string, unknown>>;
  readonly fact?: string;
}

/** What a check of the chain found. */
export interface Verified {
  readonly ok: boolean;
  readonly rows: number;
  /** First row that does not follow from the one before it; null: none. */
  readonly brokenAt: number | null;
  readonly head: { readonly row: number; readonly hash: string } | null;
}

const DUPLICATE_KEY = 11_000;
const MAX_TRIES = 500;
/** `prev` of the first row. */
const NOTHING = '';

/** SHA-256 (hex) over everything else of the row, in this order. */
export function auditHash(row: Omit<AuditDoc, 'hash'>): string {
  const { _id, at, who, caller, deed, what, fact, prev } = row;
  const parts = [_id, at.toISOString(), who.id, who.name, caller, deed, what, fact ?? null, prev];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Who did what, in a chain in which no row can be changed, taken out or put in without every later one showing it. */
export class AuditLog {
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly mongo: MongoStore,
    private readonly clock: Clock,
  ) {}

  private get collection() {
    return this.mongo.db.collection<AuditDoc>('audit');
  }

  /** Resolves once the row is on a majority of disks; with the row, or undefined when its fact has one already. */
  append(deed: Deed): Promise<AuditDoc | undefined> {
    const done = this.running.then(
      () => this.push(deed),
      () => this.push(deed),
    );
    this.running = done.catch(() => undefined);
    return done;
  }

  private async push({ who, caller, deed, what, fact }: Deed): Promise<AuditDoc | undefined> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (fact !== undefined && (await this.collection.findOne({ fact }))) return undefined;
      const last = await this.collection.find().sort({ _id: -1 }).limit(1).next();
      const row: Omit<AuditDoc, 'hash'> = {
        ...{ _id: (last?._id ?? 0) + 1, at: new Date(this.clock.now()), who: { ...who } },
        ...{ caller, deed, what: JSON.stringify(what), prev: last?.hash ?? NOTHING },
        ...(fact === undefined ? {} : { fact }),
      };
      const whole = { ...row, hash: auditHash(row) };
      try {
        await this.collection.insertOne(whole);
        return whole;
      } catch (error) {
        // Another replica took the number: behind its row then.
        if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error;
      }
    }
    throw new Error('the audit log could not be written: others write all the time');
  }

  /** Newest first, below the row `before`. */
  list(
    filter: { readonly deed?: string | undefined; readonly key?: string | undefined },
    before: number | undefined,
    limit: number,
  ): Promise<AuditDoc[]> {
    const conditions = {
      ...(before === undefined ? {} : { _id: { $lt: before } }),
      ...(filter.deed === undefined ? {} : { deed: filter.deed }),
      ...(filter.key === undefined ? {} : { 'who.id': filter.key }),
    };
    return this.collection
      .find(conditions)
      .sort({ _id: -1 })
      .limit(limit)
      .maxTimeMS(5000)
      .toArray();
  }

  /** Walks the whole chain. `anchor`: a row and its hash as somebody noted them elsewhere; cutting off the end shows there. */
  async verify(anchor?: { readonly row: number; readonly hash: string }): Promise<Verified> {
    let prev = NOTHING;
    let rows = 0;
    const broken = (): Verified => ({ ok: false, rows, brokenAt: rows, head: null });
    let anchored = anchor === undefined;
    for await (const row of this.collection.find().sort({ _id: 1 })) {
      rows += 1;
      if (row._id !== rows || row.prev !== prev || auditHash(row) !== row.hash) return broken();
      if (anchor?.row === rows && anchor.hash === row.hash) anchored = true;
      prev = row.hash;
    }
    if (!anchored) return { ok: false, rows, brokenAt: anchor?.row ?? null, head: null };
    return { ok: true, rows, brokenAt: null, head: rows === 0 ? null : { row: rows, hash: prev } };
  }
}
