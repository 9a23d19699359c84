import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '../openapi/decorators.js';
import { Transform } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';

export const MAX_LIMIT = 200;
export const DEFAULT_LIMIT = 50;

/** An optional text of the query, at most 512 characters (a key may have so many). */
export const QueryText = (description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ description, type: String, maxLength: 512 }),
    IsOptional(),
    IsString({ message: 'must be given once, as a text' }),
    MinLength(1, { message: 'must not be empty' }),
    MaxLength(512, { message: 'must not be longer than 512 characters' }),
  );

/** An optional word of a list. */
export const QueryChoice = (values: readonly string[], description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ description, enum: [...values] }),
    IsOptional(),
    IsIn([...values], { message: `must be one of ${values.join(', ')}` }),
  );

const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** An optional moment: ISO 8601 with its zone, since a time without one means another moment on every server. */
export const QueryTime = (description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ description, type: String, format: 'date-time' }),
    IsOptional(),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && TIME.test(value) && Number.isNaN(Date.parse(value))
        ? 'no moment'
        : value,
    ),
    Matches(TIME, {
      message: 'must be a date or an ISO 8601 time with its zone, e.g. 2026-11-20T10:00:00Z',
    }),
  );

const wholeNumber = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value;

const LIMIT_RULE = { message: `must be a whole number from 1 to ${MAX_LIMIT}` };

/** Rows of one page. */
export const PageLimit = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      description: 'Rows of the page.',
      type: 'integer',
      minimum: 1,
      maximum: MAX_LIMIT,
      default: DEFAULT_LIMIT,
    }),
    IsOptional(),
    Transform(wholeNumber),
    IsInt(LIMIT_RULE),
    Min(1, LIMIT_RULE),
    Max(MAX_LIMIT, LIMIT_RULE),
  );

/** Where the page begins. */
export const PageCursor = (): PropertyDecorator =>
  QueryText('The `nextCursor` of the page before.');

/** What every list understands. */
export class PageQuery {
  @PageLimit()
  limit: number = DEFAULT_LIMIT;

  @PageCursor()
  cursor?: string;
}
