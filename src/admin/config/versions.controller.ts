import { Get, Headers, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation } from '../openapi/decorators.js';
import type { FastifyRequest } from 'fastify';
import { Canaries } from '../../accounts/live/canary.js';
import { ConfigHistory } from '../../accounts/live/history.js';
import { AdminController, ApiProblem } from '../access/admin-controller.js';
import { Needs } from '../access/scopes.js';
import { Deeds } from '../deeds.js';
import { ref } from '../openapi/shape.js';
import { numberBelow, NumberedQuery, numberedPage } from '../paging/numbered-query.js';
import { notFound } from '../problems/problem.js';
import { ChangeAnswers } from './change-answers.js';
import { expectedVersion, RevertQuery } from './config-bodies.js';
import { ConfigEditor } from './config-editor.js';
import { versionDetail, versionLine } from './config-views.js';

function numberOf(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw notFound('version');
  return Number(text);
}

@AdminController('config')
export class ConfigVersionsController {
  constructor(
    @Inject(ConfigHistory) private readonly history: ConfigHistory,
    @Inject(ConfigEditor) private readonly editor: ConfigEditor,
    @Inject(Canaries) private readonly canaries: Canaries,
    @Inject(Deeds) private readonly deeds: Deeds,
  ) {}

  @Get('versions')
  @Needs('read')
  @ApiOperation({
    summary: 'Changes of the configuration, newest first',
    operationId: 'listConfigVersions',
  })
  @ApiOkResponse({ description: 'A page of versions.', schema: ref('ConfigVersionPage') })
  async list(@Query() { cursor, limit }: NumberedQuery) {
    const docs = await this.history.list(numberBelow(cursor), limit);
    return numberedPage(docs, limit, versionLine);
  }

  @Get('versions/:version')
  @Needs('read')
  @ApiOperation({
    summary: 'One version: who changed what, and what it held',
    operationId: 'getConfigVersion',
  })
  @ApiOkResponse({ description: 'The version.', schema: ref('ConfigVersionDetail') })
  @ApiProblem(404, 'There is no such version.')
  async one(@Param('version') version: string) {
    const doc = await this.history.one(numberOf(version));
    if (!doc) throw notFound('version');
    return versionDetail(doc);
  }

  @Post('versions/:version/revert')
  @HttpCode(200)
  @Needs('config')
  @ApiOperation({
    summary: 'Take over the objects of an earlier version, secrets included',
    operationId: 'revertConfig',
  })
  @ApiHeader({ name: 'if-match', required: false, description: 'The version that you have read.' })
  @ChangeAnswers('They are in force, as a new version.')
  revert(
    @Param('version') version: string,
    @Query() query: RevertQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() request: FastifyRequest,
  ) {
    const number = numberOf(version);
    return this.editor.change(request, this.history.revertEdit(number), {
      action: 'revert',
      expected: expectedVersion(ifMatch, query),
      revertOf: number,
      dryRun: query.dryRun === 'true',
    });
  }

  @Get('secrets')
  @Needs('read')
  @ApiOperation({ summary: 'Which keys stored secrets are under', operationId: 'getSecretKeys' })
  @ApiOkResponse({ description: 'Ids of keys, never the keys.', schema: ref('SecretKeys') })
  async secrets() {
    const { ring } = this.canaries;
    return { newest: ring.ids[0] ?? null, shared: ring.shared, used: await this.history.keys() };
  }

  @Post('secrets/rewrap')
  @HttpCode(200)
  @Needs('secrets:write')
  @ApiOperation({
    summary: 'Wrap every stored secret’s data key under the newest key',
    operationId: 'rewrapSecrets',
  })
  @ApiOkResponse({ description: 'Older keys may be taken away now.', schema: ref('Rewrapped') })
  async rewrap(@Req() request: FastifyRequest) {
    const done = await this.history.rewrap();
    await this.deeds.done(request, 'secrets-rewrap', done);
    return done;
  }
}
