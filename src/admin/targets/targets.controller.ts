import { Body, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '../openapi/decorators.js';
import type { FastifyRequest } from 'fastify';
import { Configuration } from '../../accounts/configuration.js';
import type { Target } from '../../accounts/model.js';
import { TargetStates } from '../../settle/target-states.js';
import { AdminController, ApiProblem } from '../access/admin-controller.js';
import { Needs } from '../access/scopes.js';
import { Deeds } from '../deeds.js';
import { ref } from '../openapi/shape.js';
import { notFound } from '../problems/problem.js';
import { PauseBody } from './pause-body.js';
import { TargetViews } from './target-views.js';

@AdminController('targets')
export class TargetsController {
  constructor(
    @Inject(Configuration) private readonly configuration: Configuration,
    @Inject(TargetStates) private readonly states: TargetStates,
    @Inject(TargetViews) private readonly views: TargetViews,
    @Inject(Deeds) private readonly deeds: Deeds,
  ) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    summary: 'Targets with their state and what waits for them',
    operationId: 'listTargets',
  })
  @ApiOkResponse({ description: 'All targets of the configuration.', schema: ref('TargetList') })
  async list() {
    await this.states.refresh();
    return { items: await this.views.list(), nextCursor: null };
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Needs('config')
  @ApiOperation({
    summary: 'Hold everything for a target; its deliveries wait and do not age',
    operationId: 'pauseTarget',
  })
  @ApiOkResponse({ description: 'It is paused.', schema: ref('TargetChange') })
  @ApiProblem(404, 'There is no such target.')
  async pause(@Param('id') id: string, @Body() body: PauseBody, @Req() request: FastifyRequest) {
    const target = this.found(id);
    const changed = await this.states.pause(id, `operator: ${body.reason}`);
    await this.states.refresh();
    if (changed) await this.deeds.done(request, 'pause-target', { target: id });
    return { changed, target: await this.views.one(target) };
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Needs('config')
  @ApiOperation({ summary: 'Let a paused target run again', operationId: 'resumeTarget' })
  @ApiOkResponse({ description: 'It runs.', schema: ref('TargetChange') })
  @ApiProblem(404, 'There is no such target.')
  async resume(@Param('id') id: string, @Req() request: FastifyRequest) {
    const target = this.found(id);
    const changed = await this.states.resume(id);
    if (changed) await this.deeds.done(request, 'resume-target', { target: id });
    return { changed, target: await this.views.one(target) };
  }

  private found(id: string): Target {
    const target = this.configuration.target(id);
    if (!target) throw notFound('target');
    return target;
  }
}
