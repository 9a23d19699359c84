import type { DeliveryDoc, ReceiptDoc } from '../../ledger/documents.js';
import type { LedgerStore } from '../../ledger/store.js';
import { timeIdFloor } from '../../platform/ids/ids.js';
import { REPLAY_START, type ReplayDoc, type ReplayFilter, type ReplayPlace } from './replay-doc.js';

/** Counting reads the rows of a filter that no index covers whole. */
const COUNT_MS = 20_000;
const STEP_MS = 10_000;
const SAMPLE = 10;

/** What a filter finds: how many, of whom, and a few of them. */
export interface Found {
  readonly matched: number;
  readonly by: Readonly<Record<string, number>>;
  readonly sample: readonly string[];
}

export interface Step<T> {
  readonly rows: readonly T[];
  readonly place: ReplayPlace;
}

/** What a bulk replay finds and how it walks through that. */
export interface Matches<T> {
  look(): Promise<Found>;
  /** The next rows, at least `limit` of them while there are so many; undefined at the end. */
  next(place: ReplayPlace, limit: number): Promise<Step<T> | undefined>;
}

type Asked = Pick<ReplayDoc, 'filter' | 'before'>;

const beginning = (reason: string) => ({
  $regex: `^${reason.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`,
});

const equals = ({ account, type, reason }: ReplayFilter): Record<string, unknown> => ({
  ...(account === undefined ? {} : { account }),
  ...(type === undefined ? {} : { type }),
  ...(reason === undefined ? {} : { reason: beginning(reason) }),
});

const sumOf = (groups: readonly { readonly _id: string; readonly rows: number }[]) => {
  const by: Record<string, number> = {};
  for (const { _id, rows } of groups) by[_id] = (by[_id] ?? 0) + rows;
  return { by, matched: groups.reduce((sum, { rows }) => sum + rows, 0) };
};

/** Final deliveries, along the index `trouble`: state by state, target by target, by birth. */
export class DeliveryMatches implements Matches<DeliveryDoc> {
  private readonly states: readonly DeliveryDoc['state'][];

  constructor(
    private readonly store: LedgerStore,
    private readonly asked: Asked,
  ) {
    this.states = asked.filter.state ?? ['dead', 'refused'];
  }

  async look(): Promise<Found> {
    const { target } = this.asked.filter;
    const groups: { _id: string; rows: number }[] = [];
    const sample: string[] = [];
    for (const state of this.states) {
      const match = this.condition(state, target === undefined ? {} : { target });
      groups.push(
        ...(await this.store.deliveries
          .aggregate<{ _id: string; rows: number }>(
            [{ $match: match }, { $group: { _id: '$target', rows: { $sum: 1 } } }],
            { maxTimeMS: COUNT_MS },
          )
          .toArray()),
      );
      const some = this.store.deliveries.find(match, { projection: { _id: 1 } });
      const left = SAMPLE - sample.length;
      if (left > 0)
        sample.push(...(await some.limit(left).maxTimeMS(COUNT_MS).toArray()).map((r) => r._id));
    }
    return { ...sumOf(groups), sample };
  }

  /** Whole moments: what was born in the same millisecond comes together, so that a moment is a place to go on from. */
  async next(from: ReplayPlace, limit: number): Promise<Step<DeliveryDoc> | undefined> {
    let place = from;
    for (;;) {
      const state = this.states[place.state];
      if (state === undefined) return undefined;
      const rows = place.target === '' ? [] : await this.rowsAfter(state, place, limit);
      const last = rows.at(-1);
      if (last) return { rows, place: { ...place, at: last.at.getTime() } };
      const target = await this.targetAfter(state, place.target);
      place =
        target === undefined
          ? { ...REPLAY_START, state: place.state + 1 }
          : { ...place, target, at: -1 };
    }
  }

  private async rowsAfter(
    state: DeliveryDoc['state'],
    { target, at }: ReplayPlace,
    limit: number,
  ): Promise<DeliveryDoc[]> {
    const { deliveries } = this.store;
    const after = this.condition(state, { target }, { $gt: new Date(at) });
    const end = await deliveries
      .find(after, { projection: { at: 1 } })
      .sort({ at: 1 })
      .skip(limit - 1)
      .limit(1)
      .maxTimeMS(STEP_MS)
      .next();
    const upTo = end ? { $gt: new Date(at), $lte: end.at } : { $gt: new Date(at) };
    return deliveries
      .find(this.condition(state, { target }, upTo))
      .sort({ at: 1 })
      .maxTimeMS(STEP_MS)
      .toArray();
  }

  private async targetAfter(
    state: DeliveryDoc['state'],
    after: string,
  ): Promise<string | undefined> {
    const { target } = this.asked.filter;
    if (target !== undefined) return after === '' ? target : undefined;
    const row = await this.store.deliveries
      .find({ state, target: { $gt: after } }, { projection: { target: 1 } })
      .sort({ target: 1 })
      .limit(1)
      .maxTimeMS(STEP_MS)
      .next();
    return row?.target;
  }

  private condition(state: DeliveryDoc['state'], target: object, at: object = {}) {
    const { filter, before } = this.asked;
    const from = filter.from === undefined ? [] : [{ at: { $gte: new Date(filter.from) } }];
    const to = filter.to === undefined ? [] : [{ at: { $lt: new Date(filter.to) } }];
    const born = [{ at: { $lt: before, ...at } }, ...from, ...to];
    return { state, ...target, settledAt: { $lte: before }, ...equals(filter), $and: born };
  }
}

/** Parked receipts, along the index `odd`: by arrival. */
export class ReceiptMatches implements Matches<ReceiptDoc> {
  constructor(
    private readonly store: LedgerStore,
    private readonly asked: Asked,
  ) {}

  async look(): Promise<Found> {
    const match = this.condition();
    const groups = await this.store.receipts
      .aggregate<{ _id: string; rows: number }>(
        [{ $match: match }, { $group: { _id: '$account', rows: { $sum: 1 } } }],
        { maxTimeMS: COUNT_MS },
      )
      .toArray();
    const some = this.store.receipts.find(match, { projection: { _id: 1 } });
    const sample = await some.limit(SAMPLE).maxTimeMS(COUNT_MS).toArray();
    return { ...sumOf(groups), sample: sample.map(({ _id }) => _id) };
  }

  async next({ id }: ReplayPlace, limit: number): Promise<Step<ReceiptDoc> | undefined> {
    const rows = await this.store.receipts
      .find({ $and: [this.condition(), { _id: { $gt: id } }] })
      .sort({ _id: 1 })
      .limit(limit)
      .maxTimeMS(STEP_MS)
      .toArray();
    const last = rows.at(-1);
    return last && { rows, place: { ...REPLAY_START, id: last._id } };
  }

  private condition() {
    const { filter, before } = this.asked;
    const from = filter.from === undefined ? 0 : Date.parse(filter.from);
    const to = Math.min(before.getTime(), Date.parse(filter.to ?? '9999-01-01'));
    const came = { $gte: timeIdFloor(from), $lt: timeIdFloor(to) };
    return { state: 'parked' as const, _id: came, ...equals(filter) };
  }
}
