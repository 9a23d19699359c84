import { ApiProperty } from '../openapi/decorators.js';
import { IsIn } from 'class-validator';
import type { Decision } from '../../deliver/decide.js';

/** Body of `POST /api/v1/deliveries/:id/decide`. */
export class DecideBody {
  @ApiProperty({
    description:
      'delivered: the partner has it, do not send. resend: the partner does not have it.',
    enum: ['delivered', 'resend'],
  })
  @IsIn(['delivered', 'resend'], { message: 'must be delivered or resend' })
  as!: Decision;
}
