import type { DeliveryDoc, EventDoc } from '../ledger/documents.js';
import type { Recent } from './recent.js';
import type { LedgerStore } from '../ledger/store.js';
import { randomId } from '../platform/ids/ids.js';

/** A claim taken from the database lasts so long (milliseconds). */
export const LEASE_MS = 60_000;
/** A send starts at least this long before its claim ends: the hard deadline of one HTTP exchange. */
export const SEND_FENCE_MS = 20_000;

/** A delivery that this process may send until `until` (epoch ms). */
export interface Claimed {
  readonly id: string;
  readonly token: string;
  readonly until: number;
  row?: DeliveryDoc;
  event?: EventDoc;
}

/** What a claim is tried for. */
interface Wanted {
  readonly ids: readonly string[];
  readonly wake: number;
  readonly ahead: boolean;
  readonly inMemory: (id: string) => Recent | undefined;
}

const CLAIMABLE = ['due', 'retry', 'held', 'uncertain'] as const;

// Losing one of these writes costs a repeat under the same idempotency id, never an event.
const WEAK = { writeConcern: { w: 1 } } as const;

/** Rows that nobody sends although they may carry a token of ours. */
interface Owed {
  readonly ids: readonly string[];
  readonly token: string;
  readonly until: number;
  /** When they are to be due, epoch ms. */
  readonly at: number;
}

/** The compare-and-set by which rows become ours, and the way back. */
export class Claims {
  private readonly owed = new Set<Owed>();

  constructor(
    private readonly store: LedgerStore,
    private readonly now: () => number,
  ) {}

  /**
   * Claims rows that still wait for the moment `wake` they were offered with; whatever moved on in between is left
   * alone. `ahead`: claimed before a socket is free, so rows with crashes are not among them.
   */
  async take(
    ids: readonly string[],
    wake: number,
    ahead: boolean,
    inMemory: (id: string) => Recent | undefined = () => undefined,
  ): Promise<Claimed[]> {
    const token = randomId();
    const until = this.now() + LEASE_MS;
    try {
      return await this.takeAs(token, until, { ids, wake, ahead, inMemory });
    } catch (error) {
      // It may have happened all the same: without an answer nobody would send these rows before the claim ends.
      this.owed.add({ ids, token, until, at: 0 });
      throw error;
    }
  }

  private async takeAs(
    token: string,
    until: number,
    { ids, wake, ahead, inMemory }: Wanted,
  ): Promise<Claimed[]> {
    const taken = await this.store.deliveries.updateMany(
      {
        _id: { $in: [...ids] },
        state: { $in: [...CLAIMABLE] },
        wakeAt: new Date(wake),
        ...(ahead ? { crashes: 0 } : {}),
      },
      { $set: { state: 'sending', token, wakeAt: new Date(until) } },
      WEAK,
    );
    if (taken.modifiedCount === 0) return [];
    const known = ids.map(inMemory);
    if (taken.modifiedCount === ids.length && known.every((one) => one !== undefined)) {
      // All ours, and since the moment matched, still as they were born: no need to read them back.
      return known.map(({ row, event }) => ({
        id: row._id,
        token,
        until,
        row: { ...row, token },
        event,
      }));
    }
    const rows = await this.store.deliveries.find({ _id: { $in: [...ids] }, token }).toArray();
    const events = new Map(known.map((one) => [one?.row._id, one?.event]));
    return rows.map((row) => {
      const event = events.get(row._id);
      return { id: row._id, token, until, row, ...(event ? { event } : {}) };
    });
  }

  /**
   * Gives claims back that will not be sent, due at `at` (epoch ms) or at once; waiting never counts as a crash. What
   * MongoDB does not take now is given back later.
   */
  async giveBack(claims: readonly Claimed[], at = this.now()): Promise<void> {
    const groups = [...Map.groupBy(claims, ({ token }) => token)].map(([token, some]): Owed => ({
      ids: some.map(({ id }) => id),
      ...{ token, at },
      until: Math.max(...some.map(({ until }) => until)),
    }));
    for (const group of groups) this.owed.add(group);
    for (const group of groups) await this.free(group);
  }

  private async free(group: Owed): Promise<void> {
    const { ids, token, at } = group;
    await this.store.deliveries.updateMany(
      { _id: { $in: [...ids] }, token, state: 'sending' },
      {
        $set: { state: 'due', wakeAt: new Date(Math.max(at, this.now())) },
        $unset: { token: 1, sentAt: 1 },
      },
      WEAK,
    );
    this.owed.delete(group);
  }

  /**
   * Gives back what could not be given back before, and what was claimed by a command whose answer was lost; call every
   * 2 s. Throws while MongoDB is away.
   */
  async giveBackOwed(): Promise<void> {
    for (const group of [...this.owed]) {
      // The claim is over: its rows are whoever's sweeps next.
      if (group.until <= this.now()) this.owed.delete(group);
      else await this.free(group);
    }
  }

  /** Our own code fell over this row: a crash of it, and due again at `at` (epoch ms). */
  async stumble(claim: Claimed, at: number): Promise<void> {
    await this.store.deliveries.updateOne(
      { _id: claim.id, token: claim.token, state: 'sending' },
      {
        $set: { state: 'due', wakeAt: new Date(at) },
        $unset: { token: 1, sentAt: 1 },
        $inc: { crashes: 1 },
      },
    );
  }

  /** Offered ids that found no place here are due again at once, for whoever has room. */
  async decline(ids: readonly string[], wake: number): Promise<void> {
    await this.store.deliveries.updateMany(
      { _id: { $in: [...ids] }, state: { $in: [...CLAIMABLE] }, wakeAt: new Date(wake) },
      { $set: { wakeAt: new Date(this.now()) } },
      WEAK,
    );
  }

  /** Fills in rows and events that are not at hand. A claim whose row is no longer ours keeps no row. */
  async load(claims: readonly Claimed[]): Promise<void> {
    await this.loadRows(claims);
    await this.loadEvents(claims);
  }

  private async loadRows(claims: readonly Claimed[]): Promise<void> {
    const rowless = claims.filter((claim) => !claim.row).map((claim) => claim.id);
    if (rowless.length === 0) return;
    const rows = new Map<string, DeliveryDoc>();
    for await (const row of this.store.deliveries.find({ _id: { $in: rowless } }))
      rows.set(row._id, row);
    for (const claim of claims) {
      const row = rows.get(claim.id);
      if (row?.token === claim.token && row.state === 'sending') claim.row = row;
    }
  }

  private async loadEvents(claims: readonly Claimed[]): Promise<void> {
    const eventless = claims.flatMap((claim) =>
      claim.row && !claim.event ? [claim.row.event] : [],
    );
    if (eventless.length === 0) return;
    const events = new Map<string, EventDoc>();
    for await (const event of this.store.events.find({ _id: { $in: [...new Set(eventless)] } }))
      events.set(event._id, event);
    for (const claim of claims) {
      const event = claim.row && events.get(claim.row.event);
      if (event && !claim.event) claim.event = event;
    }
  }

  /** Marks, before the socket write, that this row is about to be sent. False: it is no longer ours. */
  async markSent(claim: Claimed): Promise<boolean> {
    const marked = await this.store.deliveries.updateOne(
      { _id: claim.id, token: claim.token, state: 'sending' },
      { $set: { sentAt: new Date(this.now()) } },
    );
    return marked.matchedCount === 1;
  }

  /** Marks that the attempt of this claim begins: a crash from here on is the row's own. False: it is no longer ours. */
  async markBegun(claim: Claimed): Promise<boolean> {
    const marked = await this.store.deliveries.updateOne(
      { _id: claim.id, token: claim.token, state: 'sending' },
      { $set: { begun: claim.token } },
    );
    return marked.matchedCount === 1;
  }
}
