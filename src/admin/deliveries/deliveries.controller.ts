import { Body, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation } from '../openapi/decorators.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Replays, type Replayed } from '../../deliver/replay.js';
import { AdminController, ApiProblem } from '../access/admin-controller.js';
import { Needs } from '../access/scopes.js';
import { Deeds } from '../deeds.js';
import { ref } from '../openapi/shape.js';
import { notFound, ProblemError } from '../problems/problem.js';
import { PayoutReads } from '../payout/payout-reads.js';
import { DecideBody } from './decide-body.js';
import { DeliveryQuery } from './delivery-query.js';
import { DeliveryReads } from './delivery-reads.js';
import { DeliveryViews } from './delivery-views.js';

function refusal({ code, why }: Extract<Replayed, { ok: false }>): ProblemError {
  return code === 'WB_DELIVERY_UNKNOWN' ? notFound('delivery') : new ProblemError(code, why);
}

@AdminController('deliveries')
export class DeliveriesController {
  constructor(
    @Inject(DeliveryReads) private readonly reads: DeliveryReads,
    @Inject(DeliveryViews) private readonly views: DeliveryViews,
    @Inject(Replays) private readonly replays: Replays,
    @Inject(Deeds) private readonly deeds: Deeds,
    @Inject(PayoutReads) private readonly payouts: PayoutReads,
  ) {}

  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'Deliveries, newest first', operationId: 'listDeliveries' })
  @ApiOkResponse({ description: 'A page of deliveries.', schema: ref('DeliveryPage') })
  async list(@Query() query: DeliveryQuery) {
    const { docs, nextCursor } = await this.reads.list(query);
    return { items: docs.map((row) => this.views.line(row)), nextCursor };
  }

  @Get(':id')
  @Needs('read')
  @ApiOperation({ summary: 'One delivery with its attempts', operationId: 'getDelivery' })
  @ApiOkResponse({ description: 'The delivery.', schema: ref('DeliveryDetail') })
  @ApiProblem(404, 'There is no such delivery.')
  async one(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const row = await this.reads.byId(id);
    if (!row) throw notFound('delivery');
    const full = this.views.detail(row, await this.reads.replaysOf(id));
    return this.payouts.answer(request, reply, full, {
      // Requests carry payouts to partners, and partners answer with commissions.
      holds: full.log.some((one) => one.request !== null || one.answer !== null),
      hide: () => ({
        ...full,
        log: full.log.map((one) => ({ ...one, request: null, answer: null })),
      }),
      what: { call: 'getDelivery', delivery: id },
    });
  }

  @Post(':id/replay')
  @HttpCode(202)
  @Needs('replay')
  @ApiOperation({
    summary: 'Send a finished delivery again, as a new delivery',
    operationId: 'replayDelivery',
  })
  @ApiAcceptedResponse({ description: 'It is being sent.', schema: ref('Replay') })
  @ApiProblem(404, 'There is no such delivery.')
  @ApiProblem(
    409,
    'The delivery is not finished, is a test for a live target, or its target is not configured.',
  )
  async replay(@Param('id') id: string, @Req() request: FastifyRequest) {
    const replayed = await this.replays.replay(id);
    if (!replayed.ok) throw refusal(replayed);
    await this.deeds.done(request, 'replay-delivery', { delivery: id, as: replayed.id });
    return { id: replayed.id, replayed: id };
  }

  @Post(':id/decide')
  @HttpCode(200)
  @Needs('replay')
  @ApiOperation({
    summary: 'Say what became of a delivery of unknown fate that waits for a person',
    operationId: 'decideDelivery',
  })
  @ApiOkResponse({ description: 'It is settled, or being sent again.', schema: ref('Decided') })
  @ApiProblem(404, 'There is no such delivery.')
  @ApiProblem(409, 'The delivery does not wait for a person.')
  async decide(@Param('id') id: string, @Body() body: DecideBody, @Req() request: FastifyRequest) {
    if (!(await this.reads.byId(id))) throw notFound('delivery');
    if (!(await this.replays.decide(id, body.as)))
      throw new ProblemError('WB_DELIVERY_DECIDED', 'it does not wait for a person');
    await this.deeds.done(request, 'decide-delivery', { delivery: id, as: body.as });
    return { id, as: body.as };
  }
}
