import {
  Body,
  Delete,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiBody,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
} from '../openapi/decorators.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Configuration } from '../../accounts/configuration.js';
import { applyEdit, putEdit, removeEdit } from '../../accounts/live/edits.js';
import { STORED_SECTIONS } from '../../accounts/stored-objects.js';
import { AdminController, ApiProblem } from '../access/admin-controller.js';
import { Needs } from '../access/scopes.js';
import { ref } from '../openapi/shape.js';
import { VersionQuery } from '../paging/numbered-query.js';
import { notFound } from '../problems/problem.js';
import { ApplyQuery, expectedVersion, objectBody } from './config-bodies.js';
import { ConfigEditor, sectionOf } from './config-editor.js';
import { ConfigViews } from './config-views.js';
import { ChangeAnswers } from './change-answers.js';

const Section = () => ApiParam({ name: 'section', enum: STORED_SECTIONS });
const IfMatch = () =>
  ApiHeader({ name: 'if-match', required: false, description: 'The version that you have read.' });
const AnyObject = (description: string) =>
  ApiBody({ description, schema: { type: 'object', additionalProperties: true } });

@AdminController('config')
export class ConfigController {
  constructor(
    @Inject(ConfigViews) private readonly views: ConfigViews,
    @Inject(ConfigEditor) private readonly editor: ConfigEditor,
    @Inject(Configuration) private readonly configuration: Configuration,
  ) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    summary: 'The whole configuration, of the file and of this API',
    operationId: 'getConfig',
  })
  @ApiOkResponse({ description: 'Every object with its owner.', schema: ref('ConfigDocument') })
  async all() {
    const { version, objects } = await this.views.all();
    return { version, applied: this.configuration.version, objects };
  }

  @Post('apply')
  @HttpCode(200)
  @Needs('config')
  @ApiOperation({
    summary: 'Make or replace many objects at once, or only say what would change',
    operationId: 'applyConfig',
  })
  @AnyObject('A document of the form of waybill.yaml, whole or in part; every object with its id.')
  @IfMatch()
  @ChangeAnswers('All of it is in force, or, with dryRun, what would be.')
  apply(
    @Body() body: unknown,
    @Query() query: ApplyQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() request: FastifyRequest,
  ) {
    return this.editor.change(request, applyEdit(objectBody(body), query.whole === 'true'), {
      action: 'apply',
      expected: expectedVersion(ifMatch, query),
      dryRun: query.dryRun === 'true',
    });
  }

  @Get(':section')
  @Section()
  @Needs('read')
  @ApiOperation({ summary: 'Objects of one section', operationId: 'listConfigObjects' })
  @ApiOkResponse({ description: "The file's first.", schema: ref('ConfigObjectList') })
  @ApiProblem(404, 'There is no such section.')
  async section(@Param('section') name: string) {
    const section = sectionOf(name);
    const { objects } = await this.views.all();
    return { items: objects.filter((one) => one.section === section), nextCursor: null };
  }

  @Get(':section/:id')
  @Section()
  @Needs('read')
  @ApiOperation({
    summary: 'One object; its version is in the ETag, too',
    operationId: 'getConfigObject',
  })
  @ApiOkResponse({ description: 'The object.', schema: ref('ConfigObject') })
  @ApiProblem(404, 'There is no such object.')
  async one(
    @Param('section') name: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const found = await this.views.one(sectionOf(name), id);
    if (!found) throw notFound('object');
    if (found.version !== null) void reply.header('etag', `"${found.version}"`);
    return found;
  }

  @Put(':section/:id')
  @Section()
  @Needs('config')
  @ApiOperation({ summary: 'Make or replace an object', operationId: 'putConfigObject' })
  @AnyObject(
    'The object as it would stand in the file. To replace one, say which version you have read.',
  )
  @IfMatch()
  @ChangeAnswers('It is in force here now, and on every replica within two seconds.')
  put(
    @Param('section') name: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: VersionQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Req() request: FastifyRequest,
  ) {
    const edit = putEdit(sectionOf(name), id, objectBody(body), ifNoneMatch?.trim() === '*');
    return this.editor.change(request, edit, {
      action: 'put',
      expected: expectedVersion(ifMatch, query),
    });
  }

  @Delete(':section/:id')
  @Section()
  @Needs('config')
  @ApiOperation({
    summary: 'Remove an object; what waits for a removed target stays and is shown',
    operationId: 'removeConfigObject',
  })
  @IfMatch()
  @ChangeAnswers('It is gone.')
  remove(
    @Param('section') name: string,
    @Param('id') id: string,
    @Query() query: VersionQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() request: FastifyRequest,
  ) {
    return this.editor.change(request, removeEdit(sectionOf(name), id), {
      action: 'remove',
      expected: expectedVersion(ifMatch, query),
    });
  }
}
