import { ApiPropertyOptional } from '../openapi/decorators.js';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Matches, Min } from 'class-validator';
import { QueryText } from '../paging/page-query.js';
import { NumberedQuery, wholeNumber } from '../paging/numbered-query.js';

/** Parameters of `GET /api/v1/audit`. */
export class AuditQuery extends NumberedQuery {
  @QueryText('One kind of deed, e.g. `config-put`.')
  deed?: string;

  @QueryText('Id of the key; `first` for the first one.')
  key?: string;
}

/** Parameters of `GET /api/v1/audit/verify`. */
export class AnchorQuery {
  @ApiPropertyOptional({
    description: 'A row that was noted elsewhere.',
    type: 'integer',
    minimum: 1,
  })
  @IsOptional()
  @Transform(wholeNumber)
  @IsInt({ message: 'must be a whole number' })
  @Min(1, { message: 'must be 1 or more' })
  row?: number;

  @ApiPropertyOptional({ description: 'The hash of that row.', type: String })
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be 64 hexadecimal digits' })
  hash?: string;
}
