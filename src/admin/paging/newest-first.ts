import type { Model, QueryFilter } from 'mongoose';
import { decodeCursor, encodeCursor } from './cursor.js';

/** One question may keep MongoDB busy for so long. */
export const MAX_TIME_MS = 5000;

export interface PageOf<T> {
  readonly docs: readonly T[];
  readonly nextCursor: string | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface Timed {
  _id: string;
  at: Date;
}

/** Rows after the cursor in the order (at, _id), both falling. */
function after(cursor: string | undefined): Record<string, unknown>[] {
  if (cursor === undefined) return [];
  const { at, id } = decodeCursor(cursor);
  const moment = new Date(at);
  return [
    { at: { $lte: moment } },
    { $or: [{ at: { $lt: moment } }, { at: moment, _id: { $lt: id } }] },
  ];
}

/**
 * A page, newest first. The indexes hold `at` alone, and a sort by `at` and `_id` would read everything that matches.
 * So the moment at which the page ends is found first, by the index; then only the rows down to that moment are read
 * and put in order, which settles what arrived in the same millisecond.
 */
export async function newestFirst<T extends Timed>(
  model: Model<T>,
  conditions: readonly Record<string, unknown>[],
  { limit, cursor }: PageRequest,
): Promise<PageOf<T>> {
  const all = [...conditions, ...after(cursor)];
  const filterOf = (more: readonly Record<string, unknown>[]): QueryFilter<T> =>
    (more.length > 0 ? { $and: [...more] } : {}) as QueryFilter<T>;
  const last = await model
    .findOne(filterOf(all), { at: 1 })
    .sort({ at: -1 })
    .skip(limit)
    .maxTimeMS(MAX_TIME_MS)
    .lean<Timed>();
  const docs = await model
    .find(filterOf(last ? [...all, { at: { $gte: last.at } }] : all))
    .sort({ at: -1, _id: -1 })
    .limit(limit)
    .maxTimeMS(MAX_TIME_MS)
    .lean<T[]>();
  const end = docs.at(-1);
  const more = last !== null && end !== undefined;
  return { docs, nextCursor: more ? encodeCursor({ at: end.at.getTime(), id: end._id }) : null };
}
