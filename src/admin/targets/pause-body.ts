import { ApiProperty } from '../openapi/decorators.js';
import { IsString, MaxLength, MinLength } from 'class-validator';

/** Body of `POST /api/v1/targets/:id/pause`. */
export class PauseBody {
  @ApiProperty({
    description: 'Why, for whoever finds the target paused.',
    minLength: 1,
    maxLength: 200,
    example: 'Migration at the partner until 18:00',
  })
  @MinLength(1, { message: 'must not be empty' })
  @MaxLength(200, { message: 'must not be longer than 200 characters' })
  @IsString({ message: 'must be a text' })
  reason!: string;
}
