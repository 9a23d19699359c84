import { randomBytes } from 'node:crypto';
import { Body, Delete, Headers, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiHeader, ApiOperation } from '../openapi/decorators.js';
import type { FastifyRequest } from 'fastify';
import { addCredential, removeCredential } from '../../accounts/live/credentials.js';
import type { Clock } from '../../platform/clock/clock.js';
import { CLOCK } from '../../platform/tokens.js';
import { AdminController } from '../access/admin-controller.js';
import { Needs } from '../access/scopes.js';
import { VersionQuery } from '../paging/numbered-query.js';
import { ChangeAnswers } from './change-answers.js';
import { CredentialBody, expectedVersion, objectBody } from './config-bodies.js';
import { ConfigEditor } from './config-editor.js';

const HOUR_MS = 3_600_000;
const IfMatch = () =>
  ApiHeader({ name: 'if-match', required: false, description: 'The version that you have read.' });

@AdminController('config')
export class CredentialsController {
  constructor(
    @Inject(ConfigEditor) private readonly editor: ConfigEditor,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post('accounts/:id/credentials')
  @HttpCode(200)
  @Needs('config')
  @ApiOperation({
    summary: 'Give an account a new credential; the earlier ones stay accepted for a while',
    operationId: 'addCredential',
  })
  @IfMatch()
  @ChangeAnswers('Both are accepted, each receipt says which one matched.')
  add(
    @Param('id') account: string,
    @Body() body: CredentialBody,
    @Query() query: VersionQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() request: FastifyRequest,
  ) {
    const now = this.clock.now();
    const from = body.notBefore === undefined ? now : Date.parse(body.notBefore);
    const day = new Date(from).toISOString().slice(0, 10);
    const fresh = {
      id: body.id ?? `${day}-${randomBytes(2).toString('hex')}`,
      value: objectBody(body.value),
      ...(body.notBefore === undefined ? {} : { notBefore: from }),
      overlapUntil: Math.max(now, from) + body.overlapHours * HOUR_MS,
    };
    return this.editor.change(request, addCredential(account, fresh, now), {
      action: 'credential',
      expected: expectedVersion(ifMatch, query),
    });
  }

  @Delete('accounts/:id/credentials/:credential')
  @Needs('config')
  @ApiOperation({ summary: 'Take a credential away at once', operationId: 'removeCredential' })
  @IfMatch()
  @ChangeAnswers('It is not accepted any more.')
  remove(
    @Param('id') account: string,
    @Param('credential') credential: string,
    @Query() query: VersionQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() request: FastifyRequest,
  ) {
    return this.editor.change(request, removeCredential(account, credential), {
      action: 'credential',
      expected: expectedVersion(ifMatch, query),
    });
  }
}
