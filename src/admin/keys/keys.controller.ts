import { Body, Delete, Get, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '../openapi/decorators.js';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock/clock.js';
import { CLOCK } from '../../platform/tokens.js';
import { AdminController, ApiProblem } from '../access/admin-controller.js';
import { AdminKeys, type AdminKeyDoc } from '../access/admin-keys.js';
import { callerOf, demand } from '../access/caller.js';
import { Needs } from '../access/scopes.js';
import { Deeds } from '../deeds.js';
import { ref } from '../openapi/shape.js';
import { notFound, ProblemError } from '../problems/problem.js';
import { KeyBody } from './key-body.js';

const iso = (date: Date | undefined): string | null => date?.toISOString() ?? null;

@AdminController('keys')
export class KeysController {
  constructor(
    @Inject(AdminKeys) private readonly keys: AdminKeys,
    @Inject(Deeds) private readonly deeds: Deeds,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'Keys of this API, newest first', operationId: 'listKeys' })
  @ApiOkResponse({
    description: 'All keys but the first one, which the environment or the data directory holds.',
    schema: ref('AdminKeyList'),
  })
  async list() {
    return { items: (await this.keys.list()).map((doc) => this.view(doc)), nextCursor: null };
  }

  @Post()
  @Needs('config')
  @ApiOperation({ summary: 'Make a key', operationId: 'makeKey' })
  @ApiCreatedResponse({ description: 'The key, shown this once.', schema: ref('NewAdminKey') })
  async make(@Body() body: KeyBody, @Req() request: FastifyRequest) {
    // Nobody gives what he has not got.
    for (const scope of body.scopes) demand(request, scope);
    const expiresAt = body.expiresAt === undefined ? undefined : new Date(body.expiresAt);
    if (expiresAt && expiresAt.getTime() <= this.clock.now())
      throw new ProblemError('WB_QUERY_INVALID', 'expiresAt must be in the future', [
        { field: 'expiresAt', rule: 'must be in the future' },
      ]);
    const { name, scopes } = body;
    const { key, doc } = await this.keys.make({ name, scopes, expiresAt }, callerOf(request));
    await this.deeds.done(request, 'key-made', {
      id: doc._id,
      name,
      scopes,
      expiresAt: iso(expiresAt),
    });
    return { ...this.view(doc), key };
  }

  @Delete(':id')
  @Needs('config')
  @ApiOperation({ summary: 'Revoke a key, at once and for good', operationId: 'revokeKey' })
  @ApiOkResponse({ description: 'It opens nothing any more.', schema: ref('RevokedAdminKey') })
  @ApiProblem(404, 'There is no such key.')
  async revoke(@Param('id') id: string, @Req() request: FastifyRequest) {
    const doc = await this.keys.find(id);
    if (!doc) throw notFound('key');
    for (const scope of doc.scopes) demand(request, scope);
    const changed = await this.keys.revoke(id);
    if (changed) await this.deeds.done(request, 'key-revoked', { id, name: doc.name });
    return { changed, key: this.view((await this.keys.find(id)) ?? doc) };
  }

  private view(doc: AdminKeyDoc) {
    const { _id, name, scopes, createdAt, createdBy, expiresAt, lastUsedAt, revokedAt } = doc;
    const ended = expiresAt !== undefined && expiresAt.getTime() <= this.clock.now();
    return {
      ...{ id: _id, name, scopes, createdAt: createdAt.toISOString() },
      createdBy: { id: createdBy.id, name: createdBy.name },
      ...{ expiresAt: iso(expiresAt), lastUsedAt: iso(lastUsedAt), revokedAt: iso(revokedAt) },
      live: !ended && revokedAt === undefined,
    };
  }
}
