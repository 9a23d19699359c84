import { ProblemError } from '../problems/problem.js';

/** The last row of a page: where the next one goes on. */
export interface Cursor {
  /** Epoch ms. */
  readonly at: number;
  readonly id: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export const encodeCursor = ({ at, id }: Cursor): string =>
  Buffer.from(JSON.stringify([at, id])).toString('base64url');

const isPair = (value: unknown): value is [number, string] =>
  Array.isArray(value) &&
  value.length === 2 &&
  Number.isSafeInteger(value[0]) &&
  typeof value[1] === 'string' &&
  /^[a-z0-9]{1,64}$/.test(value[1]);

/** A cursor that is the id of the last row, where ids sort by time. Throws `WB_QUERY_INVALID` for anything else. */
export function idBelow(cursor: string | undefined): string | undefined {
  if (cursor === undefined || /^[0-9a-f]{32}$/.test(cursor)) return cursor;
  throw notACursor();
}

/** Reads a cursor that `encodeCursor` made. Throws `WB_QUERY_INVALID` for anything else. */
export function decodeCursor(text: string): Cursor {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    value = undefined;
  }
  if (isPair(value)) return { at: value[0], id: value[1] };
  throw notACursor();
}

export function notACursor(): ProblemError {
  const rule = 'must be the nextCursor of an earlier answer';
  return new ProblemError('WB_QUERY_INVALID', `cursor ${rule}`, [{ field: 'cursor', rule }]);
}
