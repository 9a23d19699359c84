import { ApiProperty, ApiPropertyOptional } from '../openapi/decorators.js';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
} from 'class-validator';
import { SCOPES, type Scope } from '../access/scopes.js';

/** Body of `POST /api/v1/keys`. */
export class KeyBody {
  @ApiProperty({
    description: 'Who or what uses it.',
    minLength: 1,
    maxLength: 100,
    example: 'dashboard',
  })
  @MinLength(1, { message: 'must not be empty' })
  @MaxLength(100, { message: 'must not be longer than 100 characters' })
  @IsString({ message: 'must be a text' })
  name!: string;

  @ApiProperty({ description: 'What it may do.', enum: SCOPES, isArray: true, example: ['read'] })
  @ArrayUnique({ message: 'must not name a scope twice' })
  @ArrayMinSize(1, { message: 'must name at least one scope' })
  @ArrayMaxSize(SCOPES.length, { message: 'names too many scopes' })
  @IsIn(SCOPES, { each: true, message: `must be of ${SCOPES.join(', ')}` })
  @IsArray({ message: 'must be a list' })
  scopes!: Scope[];

  @ApiPropertyOptional({
    description: 'When it ends; never, unless given.',
    type: String,
    format: 'date-time',
    example: '2027-01-01T00:00:00Z',
  })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true }, { message: 'must be an ISO 8601 time' })
  expiresAt?: string;
}
