import { ApiPropertyOptional } from '../openapi/decorators.js';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { notACursor } from './cursor.js';
import { PageQuery } from './page-query.js';

export const wholeNumber = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value;

/** Lists of rows that are numbered without gaps: the cursor is the last number. */
export class NumberedQuery extends PageQuery {}

/** The number below which the page begins. */
export function numberBelow(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (/^\d{1,12}$/.test(cursor)) return Number(cursor);
  throw notACursor();
}

/** `{ items, nextCursor }` of rows with a number, newest first. */
export const numberedPage = <T extends { readonly _id: number }, V>(
  docs: readonly T[],
  limit: number,
  view: (doc: T) => V,
) => ({
  items: docs.map(view),
  nextCursor:
    docs.length === limit && (docs.at(-1)?._id ?? 1) > 1 ? String(docs.at(-1)?._id) : null,
});

/** `?version=`: the number that the caller has read. */
export class VersionQuery {
  @ApiPropertyOptional({
    description: 'The version that you have read; the header If-Match says the same.',
    type: 'integer',
    minimum: 0,
  })
  @IsOptional()
  @Transform(wholeNumber)
  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must be 0 or more' })
  @Max(Number.MAX_SAFE_INTEGER, { message: 'is too large' })
  version?: number;
}
