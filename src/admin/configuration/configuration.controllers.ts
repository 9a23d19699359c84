import { Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '../openapi/decorators.js';
import { AdminController } from '../access/admin-controller.js';
import { Needs } from '../access/scopes.js';
import { ref } from '../openapi/shape.js';
import { ConfigurationViews } from './configuration-views.js';

@AdminController('accounts')
export class AccountsController {
  constructor(@Inject(ConfigurationViews) private readonly views: ConfigurationViews) {}

  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'Accounts with their inbound URLs', operationId: 'listAccounts' })
  @ApiOkResponse({ description: 'All accounts of the configuration.', schema: ref('AccountList') })
  list() {
    return { items: this.views.accounts(), nextCursor: null };
  }
}

@AdminController('routes')
export class RoutesController {
  constructor(@Inject(ConfigurationViews) private readonly views: ConfigurationViews) {}

  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'Which account leads to which target', operationId: 'listRoutes' })
  @ApiOkResponse({ description: 'All routes of the configuration.', schema: ref('RouteList') })
  list() {
    return { items: this.views.routes(), nextCursor: null };
  }
}

@AdminController('plugins')
export class PluginsController {
  constructor(@Inject(ConfigurationViews) private readonly views: ConfigurationViews) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    summary: 'Installed plugins with their events and the schemas of their settings',
    operationId: 'listPlugins',
  })
  @ApiOkResponse({ description: 'All plugins of this process.', schema: ref('PluginList') })
  list() {
    return { items: this.views.plugins(), nextCursor: null };
  }
}
