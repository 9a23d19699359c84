import { Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '../openapi/decorators.js';
import { AdminController } from '../access/admin-controller.js';
import { Needs } from '../access/scopes.js';
import { ref } from '../openapi/shape.js';
import { GatewayHealth } from './gateway-health.js';

@AdminController('health')
export class GatewayHealthController {
  constructor(@Inject(GatewayHealth) private readonly health: GatewayHealth) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    summary: 'Stores, clock, targets and backlog; answers 200 whatever it finds',
    operationId: 'getHealth',
  })
  @ApiOkResponse({ description: 'What was found.', schema: ref('GatewayHealth') })
  look() {
    return this.health.look();
  }
}
