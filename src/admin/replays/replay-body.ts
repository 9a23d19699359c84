import { ApiProperty, ApiPropertyOptional } from '../openapi/decorators.js';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { EVENT_TYPES } from '../../contract/index.js';
import { QueryChoice, QueryText, QueryTime } from '../paging/page-query.js';
import {
  REPLAY_KINDS,
  REPLAY_STATES,
  type ReplayFilter,
  type ReplayKind,
  type ReplayedState,
} from './replay-doc.js';

export const DEFAULT_RATE = 50;
const MAX_RATE = 1000;

/** What is to be replayed; all of it must hold. */
export class ReplayFilterBody implements ReplayFilter {
  @QueryText('Target id; deliveries only.')
  target?: string;

  @QueryText('Account id.')
  account?: string;

  @ApiPropertyOptional({
    description: 'States of deliveries; dead and refused, unless given. Receipts are parked ones.',
    enum: REPLAY_STATES,
    isArray: true,
  })
  @IsOptional()
  @ArrayUnique({ message: 'must not name a state twice' })
  @ArrayMinSize(1, { message: 'must name at least one state' })
  @ArrayMaxSize(REPLAY_STATES.length, { message: 'names too many states' })
  @IsIn(REPLAY_STATES, { each: true, message: `must be of ${REPLAY_STATES.join(', ')}` })
  @IsArray({ message: 'must be a list' })
  state?: ReplayedState[];

  @QueryText('Beginning of the reason.')
  reason?: string;

  @QueryChoice(EVENT_TYPES, 'Event type; deliveries only.')
  type?: string;

  @QueryTime('Born (deliveries) or received (receipts) at or after this moment.')
  from?: string;

  @QueryTime('Born or received before this moment.')
  to?: string;
}

/** Body of `POST /api/v1/replays`. */
export class ReplayBody {
  @ApiProperty({
    description: 'Deliveries that did not reach their partner, or parked receipts.',
    enum: REPLAY_KINDS,
  })
  @IsIn([...REPLAY_KINDS], { message: `must be ${REPLAY_KINDS.join(' or ')}` })
  kind!: ReplayKind;

  @ApiProperty({ description: 'All of it must hold; {} is everything.', type: ReplayFilterBody })
  @ValidateNested()
  @Type(() => ReplayFilterBody)
  @IsObject({ message: 'must be an object' })
  filter!: ReplayFilterBody;

  @ApiPropertyOptional({ description: 'Count only; nothing is replayed.', type: Boolean })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  dryRun?: boolean;

  @ApiPropertyOptional({
    description: 'How many in a second.',
    type: 'integer',
    minimum: 1,
    maximum: MAX_RATE,
    default: DEFAULT_RATE,
  })
  @IsOptional()
  @Max(MAX_RATE, { message: `must be at most ${MAX_RATE}` })
  @Min(1, { message: 'must be 1 or more' })
  @IsInt({ message: 'must be a whole number' })
  ratePerSecond?: number;
}
